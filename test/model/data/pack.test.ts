import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaseFileOf, temporaryFolderOf } from '../../../src/model/data/packing/manifest.ts';
import { type PackOptions, packDataset, packSource } from '../../../src/model/data/packing/pack.ts';
import { openPacked, type PackedDataset } from '../../../src/model/data/packing/packed.ts';
import { checkFreeSpace, explainWriteError } from '../../../src/model/data/packing/write-packed.ts';
import { acquireLease, createLease } from '../../../src/results/leases/lease.ts';
import { bitsOf, codedPicture, codeOf, writeFiles } from './coded-pictures.ts';
import { createFakeSource, FAKE_DATASET } from './fake-source.ts';

let cacheRoot: string;
const opened: PackedDataset[] = [];
beforeEach(() => {
  cacheRoot = mkdtempSync(join(tmpdir(), 'facet-pack-'));
});
afterEach(() => {
  for (const packed of opened.splice(0)) packed.close();
  rmSync(cacheRoot, { recursive: true, force: true });
});

async function pack(options: Parameters<typeof createFakeSource>[0] = {}, more: Partial<PackOptions> = {}): Promise<PackedDataset> {
  const packed = await packSource(createFakeSource(options), FAKE_DATASET, { cacheRoot, ...more });
  opened.push(packed);
  return packed;
}

const inCache = () => (existsSync(join(cacheRoot, 'data')) ? readdirSync(join(cacheRoot, 'data')).sort() : []);
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

function readPicture(packed: PackedDataset, index: number): Uint8Array {
  const into = new Uint8Array(packed.imageSize ** 2 * 3);
  packed.readPictures(Uint32Array.of(index), into);
  return into;
}

describe('packing a data set', () => {
  it('keeps every picture with its labels, and says what is inside', async () => {
    const packed = await pack({ pictures: 10 });
    expect(packed).toMatchObject({ count: 10, imageSize: 32, attributes: ['A', 'B'] });
    for (let i = 0; i < 10; i++) expect(new Set(readPicture(packed, i))).toEqual(new Set([i]));
    expect([...packed.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => bitsOf(i, 2)));
    expect(packed.manifest).toEqual({
      format: 1,
      source: 'folder',
      identity: 'fake',
      count: 10,
      imageSize: 32,
      attributes: ['A', 'B'],
      positives: [5, 4],
      pixelsSha256: sha256(join(packed.folder, 'pixels.bin')),
      labelsSha256: sha256(join(packed.folder, 'labels.bin')),
      reading: 2,
      filesSha256: null,
      enlarged: 0,
      faults: { count: 0, first: [] },
      notices: { count: 0, first: [] },
    });
    expect(inCache()).toEqual(['folder-fake']);
  });

  it('is done once: later runs read what is there', async () => {
    let reads = 0;
    const onRead = () => reads++;
    await pack({ onRead });
    await pack({ onRead });
    expect(reads).toBe(1);
    await pack({ onRead, identity: 'changed' });
    expect(reads).toBe(2);
  });

  it('is done once for two calls at the same time in one process', async () => {
    let reads = 0;
    const [first, second] = await Promise.all([pack({ onRead: () => reads++ }), pack({ onRead: () => reads++ })]);
    expect(reads).toBe(1);
    expect(first.manifest).toEqual(second.manifest);
  });

  it('tells how far it is, faults included', async () => {
    const seen: [number, number][] = [];
    await pack({ pictures: 100, chunk: 40, faults: { 7: 'broken' } }, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([0, 40, 80, 100].map((done) => [done, 100]));
  });

  it('that is stopped leaves nothing behind, and can be done again', async () => {
    const stop = new AbortController();
    const stopped = pack(
      { beforeChunk: (from) => (from > 4 ? stop.abort(new Error('stopped by hand')) : undefined) },
      { signal: stop.signal },
    );
    await expect(stopped).rejects.toThrow('stopped by hand');
    expect(inCache()).toEqual([]);
    expect((await pack()).count).toBe(10);
  });

  it('whose source fails leaves nothing behind and passes the error on', async () => {
    const failing = pack({
      beforeChunk: () => {
        throw new Error('the source failed');
      },
    });
    await expect(failing).rejects.toThrow('the source failed');
    expect(inCache()).toEqual([]);
  });
});

describe('unusable pictures', () => {
  it('are left out and named, up to 1 %, without moving a label', async () => {
    const said: string[] = [];
    const packed = await pack(
      { pictures: 200, faults: { 3: 'no such picture', 150: 'an empty file' } },
      { onNotice: (line) => said.push(line) },
    );
    expect(packed.count).toBe(198);
    for (const [index, number] of [
      [2, 2],
      [3, 4],
      [148, 149],
      [149, 151],
      [197, 199],
    ] as const) {
      expect(readPicture(packed, index)[0]).toBe(number);
      expect([...packed.labels.subarray(index * 2, index * 2 + 2)]).toEqual(bitsOf(number, 2));
    }
    const first = [
      { name: '3.jpg', reason: 'no such picture' },
      { name: '150.jpg', reason: 'an empty file' },
    ];
    expect(packed.manifest.faults).toEqual({ count: 2, first });
    const line = '2 of 200 pictures are unusable and left out: 3.jpg: no such picture; 150.jpg: an empty file';
    expect(said).toEqual([line]);
    await pack({ pictures: 200 }, { onNotice: (again) => said.push(again) });
    expect(said).toEqual([line, line]); // of packed data too
  });

  it('above 1 % end the packing at once, in one line that names the first', async () => {
    const faults = Object.fromEntries([1, 5, 9, 10, 11].map((i) => [i, 'an empty file']));
    await expect(pack({ pictures: 200, faults })).rejects.toThrow(
      /^folder: 5 of the first 12 of 200 pictures are unusable, more than 1 % of all: 1\.jpg: an empty file; 5\.jpg: an empty file; 9\.jpg: an empty file/,
    );
    expect(inCache()).toEqual([]);
  });

  it('are counted as all of them where none is left', async () => {
    await expect(pack({ pictures: 0 })).rejects.toThrow(/^folder: expected labelled pictures, found none/);
    await expect(pack({ pictures: 1, faults: { 0: 'broken' } })).rejects.toThrow(/1 of 1 pictures are unusable/);
  });

  it('and oddities of the lists are kept by name up to twenty, and counted', async () => {
    const notices = Array.from({ length: 1000 }, (_, i) => ({ name: `${i}.jpg`, reason: 'a picture without a row in the list' }));
    const said: string[] = [];
    const { manifest } = await pack({ notices }, { onNotice: (line) => said.push(line) });
    expect(manifest.notices).toEqual({ count: 1000, first: notices.slice(0, 20) });
    expect(said).toEqual([
      expect.stringMatching(
        /^1,000 oddities in the lists: 0\.jpg: a picture without a row in the list; 1\.jpg: .*; … \(all in .*left-out\.txt\)$/,
      ),
    ]);
  });
});

describe('a packed data set on disk', () => {
  it.each<[string, (folder: string) => void]>([
    ['cut short', (folder) => truncateSync(join(folder, 'pixels.bin'), 1000)],
    ['without its labels', (folder) => rmSync(join(folder, 'labels.bin'))],
    ['with a torn manifest', (folder) => writeFileSync(join(folder, 'manifest.json'), '{"format": 1, "cou')],
    ['with a manifest of another format', (folder) => writeFileSync(join(folder, 'manifest.json'), '{"format": 999}')],
    ['with a manifest that says null', (folder) => writeFileSync(join(folder, 'manifest.json'), 'null')],
    [
      'that is an empty folder',
      (folder) => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      },
    ],
  ])('%s is made again, with a notice', async (_, damage) => {
    damage((await pack()).folder);
    const said: string[] = [];
    const packed = await pack({}, { onNotice: (line) => said.push(line) });
    expect(said).toEqual([expect.stringMatching(/^The packed data is damaged and is made again \(/)]);
    expect(readPicture(packed, 9)[0]).toBe(9);
    expect(inCache()).toEqual(['folder-fake']);
  });

  it('that another process cuts short while it is read is an error, not a grey picture', async () => {
    const packed = await pack();
    truncateSync(join(packed.folder, 'pixels.bin'), 3 * 32 * 32 * 3 + 5);
    expect(readPicture(packed, 2)[0]).toBe(2);
    expect(() => readPicture(packed, 3)).toThrow(/picture 3 is cut short; delete the folder to pack it again/);
  });

  it('can be opened by its folder alone', async () => {
    const { folder, manifest } = await pack();
    const again = openPacked(folder);
    opened.push(again);
    expect(again.manifest).toEqual(manifest);
    expect(() => openPacked(join(cacheRoot, 'nothing'))).toThrow(/manifest\.json: cannot be read/);
  });

  it('is not littered by dead packers, and live ones keep their folders', async () => {
    const data = join(cacheRoot, 'data');
    const live = join(data, 'celeba-live');
    const lease = createLease();
    acquireLease(leaseFileOf(live), lease);
    const stale = ['folder-fake.0123456789abcdef.tmp', 'synthetic-other.fedcba9876543210.tmp'];
    for (const name of stale) writeFiles(join(data, name), { 'pixels.bin': 'half' });
    writeFiles(temporaryFolderOf(live, lease), { 'pixels.bin': 'half' });
    await pack();
    expect(inCache()).toEqual([`celeba-live.${lease.token}.tmp`, 'celeba-live.lease.json', 'folder-fake']);
  });

  it('leaves a lease alone that another process is just writing', async () => {
    const data = join(cacheRoot, 'data');
    const beingWritten = 'folder-fake.lease.json.0123456789abcdef.tmp';
    writeFiles(data, { [beingWritten]: '{}' });
    await pack();
    expect(inCache()).toEqual(['folder-fake', beingWritten]);
  });
});

describe('the disk', () => {
  it('must have room before packing starts, or one line says how much is needed', async () => {
    const source = { ...createFakeSource(), total: 2 ** 40 };
    await expect(packSource(source, FAKE_DATASET, { cacheRoot })).rejects.toThrow(
      /data: packing needs 3,380 TB, [\d,.]+ [GM]B are free; free some, or set FACET_CACHE to a folder with more room/,
    );
    expect(inCache()).toEqual([]);
    expect(() => checkFreeSpace(cacheRoot, 1000)).not.toThrow();
  });

  it('that fills up while packing gives one line, and other errors stay what they are', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainWriteError(full, { folder: '/cache', bytes: 2_500_000_000 })).toMatchObject({
      name: 'UserError',
      message:
        '/cache: no space is left on the disk (ENOSPC) while packing, which needs 2.5 GB; free some, or set FACET_CACHE to a folder with more room',
      cause: full,
    });
    const other = new Error('else');
    expect(explainWriteError(other, { folder: '/cache', bytes: 1 })).toBe(other);
  });

  it('that does not take the cache folder gives one line', async () => {
    writeFileSync(join(cacheRoot, 'file'), '');
    const packing = packSource(createFakeSource(), FAKE_DATASET, { cacheRoot: join(cacheRoot, 'file') });
    await expect(packing).rejects.toThrow(
      /file\/data: expected a place for packed data and oracles: .* \(ENOTDIR\); set FACET_CACHE to a folder that can be written to$/,
    );
  });
});

it('packs a real folder of JPEGs with broken ones among them, and no label moves', async () => {
  const root = join(cacheRoot, 'photos');
  const numbers = Array.from({ length: 210 }, (_, i) => i);
  const files = await Promise.all(numbers.map(async (i) => [`${i}.jpg`, await codedPicture(i % 64)] as const));
  writeFiles(root, Object.fromEntries(files));
  writeFiles(root, { '70.jpg': '', '140.jpg': (await codedPicture(140 % 64)).subarray(0, -20) });
  writeFiles(root, { 'labels.csv': `file,A,B,C,D,E,F\n${numbers.map((i) => [`${i}.jpg`, ...bitsOf(i % 64, 6)].join(',')).join('\n')}` });
  const packed = await packDataset({ source: 'folder', root, imageSize: 32 }, { cacheRoot });
  opened.push(packed);
  expect(packed.manifest.faults.first.map(({ name }) => name)).toEqual(['70.jpg', '140.jpg']);
  const usable = numbers.filter((i) => i !== 70 && i !== 140);
  expect(numbers.slice(0, packed.count).map((i) => codeOf(readPicture(packed, i)))).toEqual(usable.map((i) => i % 64));
  expect([...packed.labels]).toEqual(usable.flatMap((i) => bitsOf(i % 64, 6)));
});
