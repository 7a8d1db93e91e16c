import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainer } from '../helpers/sweep.ts';

let folder: string;
let checkout: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-checkout-'));
  checkout = join(folder, 'checkout');
  mkdirSync(checkout);
  for (const name of ['src', 'scripts', 'bin', 'package.json', 'package-lock.json']) {
    cpSync(join(FACET_ROOT, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(FACET_ROOT, 'node_modules'), join(checkout, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const cache = () => join(folder, 'cache');
const facet = (args: string[], env = {}) =>
  execa(process.execPath, [join(checkout, 'bin/facet.js'), ...args], {
    cwd: folder,
    reject: false,
    env: { FACET_CACHE: cache(), FACET_BACKEND: 'wasm', FACET_TRAINER: trainer('succeed'), ...env },
  });
const SWEEP = `name: sweep
dataset: {source: synthetic, images: 8, imageSize: 32}
attributes: [Male]
training: {epochs: 4, batchSize: 4}
sweep: {grid: {training.seed: [1, 2]}}
execution: {parallel: 1}
`;

describe('a checkout', () => {
  it('is not written to by the first command, and may be moved', async () => {
    const before = readdirSync(checkout);
    expect((await facet(['--version'])).stdout).toBe('0.1.0');
    expect(readdirSync(checkout)).toEqual(before);
    renameSync(checkout, join(folder, 'moved'));
    checkout = join(folder, 'moved');
    expect((await facet(['doctor', '--json'])).exitCode).toBe(0);
    expect(readdirSync(join(cache(), 'builds'))).toHaveLength(2); // each knows its place
  });

  it('says in one line where it can keep its bundles nowhere', async () => {
    writeFileSync(join(checkout, 'dist'), 'no folder');
    const { exitCode, stderr } = await facet(['--version'], { FACET_CACHE: '/proc/facet' });
    expect(exitCode).toBe(2);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain('FACET_CACHE');
  });

  it('that was updated without its packages names one of them, and what to run', async () => {
    const packages = join(checkout, 'node_modules');
    rmSync(packages);
    mkdirSync(packages);
    for (const name of readdirSync(join(FACET_ROOT, 'node_modules')).filter((name) => name !== 'yauzl'))
      symlinkSync(join(FACET_ROOT, 'node_modules', name), join(packages, name));
    const { exitCode, stderr } = await facet(['--version']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `yauzl is not installed, which Facet needs since it was updated. Run \`npm ci\` in ${checkout}`,
    });
  });

  it('keeps the bundles that a sweep has used for longer than a week', async () => {
    writeFileSync(join(folder, 'sweep.yaml'), SWEEP);
    const sweep = facet(['run', 'sweep.yaml'], { TRAINER_STEP_MS: '1500' });
    await expect.poll(() => existsSync(join(folder, 'results/sweep')), { timeout: 60_000 }).toBe(true);
    const builds = join(cache(), 'builds');
    const used = readdirSync(builds);
    const old = join(builds, 'unused');
    mkdirSync(old);
    const longAgo = new Date(Date.now() - 8 * 24 * 3600_000);
    for (const name of readdirSync(builds)) utimesSync(join(builds, name), longAgo, longAgo);
    appendFileSync(join(checkout, 'src/cli.ts'), '// an edit\n');
    expect((await facet(['status'])).exitCode).toBe(0);
    expect(existsSync(old)).toBe(false);
    expect(readdirSync(builds)).toEqual(expect.arrayContaining(used));
    const { exitCode, stdout } = await sweep;
    expect(exitCode, stdout).toBe(0);
    expect(readdirSync(join(builds, used[0]!, 'users'))).toEqual([]);
  });
});
