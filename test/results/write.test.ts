import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WriteFailure } from '../../src/results/errors.ts';
import { syncFiles, syncFilesSoon, writeNewFile } from '../../src/results/files/write.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-write-new-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('has the whole file there on return, in a folder that was not', async () => {
  const path = join(root, 'a/b/run.json');
  writeNewFile(path, 'whole');
  expect(readFileSync(path, 'utf8')).toBe('whole');
  expect(readdirSync(join(root, 'a/b'))).toEqual(['run.json']);
  await syncFiles([path]);
});

it('throws at once, and leaves nothing behind, where the file cannot be', () => {
  mkdirSync(join(root, 'run.json/inside'), { recursive: true });
  expect(() => writeNewFile(join(root, 'run.json'), 'text')).toThrow(WriteFailure);
  expect(readdirSync(root)).toEqual(['run.json']);
});

it('tells who asks, and nobody else, that a file could not be made to last', async () => {
  const path = join(root, 'run.json');
  writeNewFile(path, 'text');
  const finishSync = syncFilesSoon([path]);
  rmSync(path);
  await new Promise((resolve) => setTimeout(resolve, 300)); // it has tried by itself; an unhandled rejection would fail the test
  await expect(finishSync()).rejects.toThrow(WriteFailure);
});

it('need not wait for its moment when somebody asks', async () => {
  const path = join(root, 'run.json');
  writeFileSync(path, 'text');
  const finishSync = syncFilesSoon([path]);
  await finishSync();
  rmSync(path);
  await finishSync(); // done once is done
});
