// Calls of the system that fail: the first, the second, the third, … of everything that is written into results/.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../helpers/bundle.ts';
import { buildShim, type Shim } from './shim.ts';

const isLinux = process.platform === 'linux';
let shim: Shim;
beforeAll(async () => {
  if (isLinux) shim = await buildShim();
});
afterAll(() => shim?.remove());

describe.runIf(isLinux)('a write into the results that meets a full disk, a broken one, a read-only one, or is cut short', () => {
  it('leaves the old file or the new one, names the file and what to do, and can be done again', { timeout: 240_000 }, async () => {
    const program = await bundle('test/faults/programs/writer.ts');
    const folder = mkdtempSync(join(tmpdir(), 'facet-writer-'));
    const { stdout } = await execa(process.execPath, [program, folder], { env: shim.environment });
    const { broken, reached } = JSON.parse(stdout);
    expect(broken).toEqual([]);
    for (const name of ['a record', 'a checkpoint', 'metrics', 'a lease', 'the lease of a dead process']) {
      expect(reached[name], name).toBeGreaterThan(20);
    }
    console.log(`faults met: ${JSON.stringify(reached)}`);
    for (const path of [dirname(program), folder]) rmSync(path, { recursive: true });
  });
});
