import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { buildWorkers } from '../../../scripts/build.js';

const PROGRAM = `
import { beginLargeFile } from './src/model/training/checkpoints/large-file.ts';
const file = beginLargeFile(process.argv[2], { head: Buffer.from('0'.repeat(64)), hashAt: 0, parts: 2 });
for (const text of ['one', 'two']) file.append(new TextEncoder().encode(text));
await file.written;
`;

it.each([
  ['as it is', {}],
  ['minified, with the names of functions kept', { minify: true, keepNames: true }],
])('a large file is written by a program that was bundled %s', async (_, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'facet-large-file-'));
  const [program, workers, written] = ['program.mjs', 'workers', 'file'].map((name) => join(folder, name)) as [string, string, string];
  await buildWorkers(workers);
  await build({
    ...options,
    stdin: { contents: PROGRAM, resolveDir: FACET_ROOT, loader: 'ts' },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { FACET_ROOT: JSON.stringify(FACET_ROOT), FACET_WORKERS: JSON.stringify(workers) },
  });
  execFileSync(process.execPath, [program, written]);
  expect(readFileSync(written, 'utf8')).toMatch(/^[0-9a-f]{64}onetwo$/);
  rmSync(folder, { recursive: true });
});
