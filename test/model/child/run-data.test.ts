import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openRunData } from '../../../src/model/child/run-data.ts';
import { packDataset } from '../../../src/model/data/packing/pack.ts';
import type { RunRecord } from '../../../src/results/records.ts';
import { writeFiles } from '../data/coded-pictures.ts';

let folder: string;
let cacheRoot: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-run-data-'));
  cacheRoot = join(folder, 'cache');
  vi.stubEnv('FACET_CACHE', cacheRoot);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const grey = (level: number): Promise<Buffer> =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: { r: level, g: level, b: level } } })
    .png({ compressionLevel: 0 })
    .toBuffer();

it('opens the pictures that a run began with after others have been packed, and refuses others where those are gone', async () => {
  const root = join(folder, 'photos');
  writeFiles(root, { 'a.png': await grey(10), 'b.png': await grey(20), 'labels.csv': 'file,A\na.png,0\nb.png,1\n' });
  const dataset = { source: 'folder', root, imageSize: 32 } as const;
  const first = await packDataset(dataset, { cacheRoot });
  first.close();
  const { identity, filesSha256, pixelsSha256 } = first.manifest;
  const record = { config: { dataset }, dataIdentity: identity, data: { filesSha256, pixelsSha256 } } as unknown as RunRecord;
  const levelOf = async (run: RunRecord) => {
    const packed = await openRunData(run);
    const into = new Uint8Array(32 * 32 * 3);
    packed.readPictures(Uint32Array.of(0), into);
    packed.close();
    return into[0];
  };
  expect(await levelOf(record)).toBe(10);
  writeFileSync(join(root, 'a.png'), await grey(77));
  (await packDataset(dataset, { cacheRoot })).close();
  expect(await levelOf(record)).toBe(10);
  const { data: _, ...former } = record;
  expect(await levelOf(former as RunRecord)).toBe(77); // which pictures it began with is not known
  for (const name of readdirSync(join(cacheRoot, 'data')))
    if (name.includes('.')) rmSync(join(cacheRoot, 'data', name), { recursive: true });
  await expect(openRunData(record)).rejects.toThrow(/pictures have changed since this run began, under the same names/);
  rmSync(cacheRoot, { recursive: true });
  await expect(openRunData(record)).rejects.toThrow(/Bring them back and start with --retry-failed/);
});
