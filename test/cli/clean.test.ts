// facet clean: deletes from the cache what nobody needs, with real processes that use it.

import { closeSync, existsSync, mkdirSync, openSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { statesOf } from '../helpers/running-sweep.ts';

let workplace: Workplace;
let cache: string;
beforeEach(async () => {
  workplace = createWorkplace();
  cache = join(workplace.folder, 'cache');
  workplace.env.FACET_CACHE = cache;
  workplace.trainers = ['succeed', 'succeed'];
  workplace.writeSweep(2);
  await workplace.facet('run', 'sweep.yaml'); // packs
  place('data/folder-aaaaaaaaaaaaaaaa/pixels.bin');
  place('data/folder-bbbbbbbbbbbbbbbb.0123456789abcdef.tmp/pixels.bin');
  place('oracles/cccccccccccccccc.safetensors');
  place('oracles/cccccccccccccccc.safetensors.progress.json');
  place('oracles/cccccccccccccccc.safetensors.17.0123abcd.tmp');
  place('builds/dddddddddddddddd-00000000/cli.js');
  place('tensorflow/1.0.0-cpu/libtensorflow_cc.so.2');
});
afterEach(() => workplace.remove());

/** 1,000 bytes, last used two hours ago. */
function place(file: string): void {
  const path = join(cache, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'x'.repeat(1000));
  const before = new Date(Date.now() - 2 * 3600_000);
  utimesSync(join(path, '..'), before, before);
}

const packs = () => readdirSync(join(cache, 'data')).filter((name) => !name.endsWith('.json'));
const clean = (...args: string[]) => workplace.facet('clean', ...args);

describe('facet clean', () => {
  it('names what would go, and what stays and why, and deletes nothing without a yes', async () => {
    const { exitCode, stdout, stderr } = await clean();
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: 'Nobody can be asked here: add --yes to delete without asking' });
    expect(stdout).toMatch(/^data\/synthetic-\w+ +stays: 2 runs of sweep refer to it +\d/m);
    expect(stdout).toMatch(/^where +what +size\n/m);
    expect(stdout).toMatch(/^data\/folder-a+ +packed data +1\.0 KB$/m);
    expect(stdout).not.toContain('tensorflow');
    expect(packs()).toHaveLength(3);
  });

  it('deletes what nobody refers to, with what killed processes left, and with --all the rest, which is made again', async () => {
    const { stdout } = await clean('--yes');
    expect(stdout).toMatch(/Deleted 2 packed data sets, 2 oracles, 1 bundle, 5\.0 KB\.$/);
    expect(packs()).toEqual([expect.stringMatching(/^synthetic-/)]);
    expect(readdirSync(join(cache, 'oracles'))).toEqual([]);
    expect(existsSync(join(cache, 'tensorflow/1.0.0-cpu'))).toBe(true);
    expect((await clean('--all', '--yes')).stdout).toMatch(/packed data; 2 runs of sweep refer to it .*\nDeleted 1 packed data set, /);
    expect(packs()).toEqual([]);
    expect((await clean('--yes')).stdout).toMatch(/\nNothing to delete\.$/);
    await workplace.facet('run', 'sweep.yaml', '--fresh');
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
    expect(packs()).toHaveLength(1);
    expect((await clean('tensorflow', '--yes')).stdout).toContain('Deleted 1 library');
  });

  it('leaves what a living process has open, runs from, or makes, even with --all', async () => {
    const file = openSync(join(cache, 'data/folder-aaaaaaaaaaaaaaaa/pixels.bin'), 'r');
    mkdirSync(join(cache, 'builds/eeeeeeeeeeeeeeee-00000000'));
    try {
      const { stdout } = await clean('--all', '--yes');
      expect(stdout).toMatch(new RegExp(`^data/folder-a+ +stays: process ${process.pid} reads it`, 'm'));
      expect(stdout).toMatch(/^bundles\/e+-0+ +stays: it was used within the hour/m);
      expect(packs()).toEqual(['folder-aaaaaaaaaaaaaaaa']);
    } finally {
      closeSync(file);
    }
  });

  it('refuses another part, and leaves links and files that are not its own alone', async () => {
    const wrong = await clean('everything');
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Allowed choices are data, oracles, bundles, tensorflow') });
    symlinkSync(workplace.results, join(cache, 'data', 'linked-ffffffffffffffff'));
    writeFileSync(join(cache, 'data', 'notes.txt'), 'mine');
    await clean('--all', '--yes');
    expect(readdirSync(join(cache, 'data')).sort()).toEqual(['linked-ffffffffffffffff', 'notes.txt']);
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
  });
});
