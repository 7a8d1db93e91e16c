import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import { type PackedSource, packDataset, packSource } from '../../../src/model/data/packing/pack.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { writeFiles } from './coded-pictures.ts';

let folder: string;
let root: string;
let cacheRoot: string;
const opened: PackedSource[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-fresh-'));
  root = join(folder, 'photos');
  cacheRoot = join(folder, 'cache');
});
afterEach(() => {
  for (const packed of opened.splice(0)) packed.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Uncompressed, so that every picture has as many bytes. */
const grey = (level: number): Promise<Buffer> =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: { r: level, g: level, b: level } } })
    .png({ compressionLevel: 0 })
    .toBuffer();
const nameOf = (i: number): string => `${String(i).padStart(3, '0')}.png`;
const rowsOf = (count: number, more = ''): string =>
  `file,A,B\n${Array.from({ length: count }, (_, i) => `${nameOf(i)},${i % 2},${i % 3 ? 0 : 1}\n`).join('')}${more}`;

async function writePictures(count: number): Promise<void> {
  for (let i = 0; i < count; i++) writeFiles(root, { [nameOf(i)]: await grey(i) });
  writeFiles(root, { 'labels.csv': rowsOf(count) });
}

const said: string[] = [];
beforeEach(() => said.splice(0));

async function pack(dataset: Partial<DatasetConfig> = {}): Promise<PackedSource> {
  const packed = await packDataset(
    { source: 'folder', root, imageSize: 32, ...dataset },
    { cacheRoot, onNotice: (line) => said.push(line) },
  );
  opened.push(packed);
  return packed;
}

function levelOf(packed: PackedSource, index: number): number {
  const into = new Uint8Array(32 * 32 * 3);
  packed.readPictures(Uint32Array.of(index), into);
  return into[0]!;
}

const inCache = () => readdirSync(join(cacheRoot, 'data')).sort();
const whenPacked = ({ folder: place }: PackedSource) => statSync(join(place, 'pixels.bin')).ino;
const changeManifest = ({ folder: place }: PackedSource, change: object) => {
  const path = join(place, 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
};

describe('packed data', () => {
  it('is taken as it is while no file has been touched: none is read', async () => {
    await writePictures(4);
    const first = await pack();
    const source = await openSource({ source: 'folder', root, imageSize: 32 });
    const read = () => expect.unreachable();
    const again = await packSource(
      { ...source, files: { ...source.files!, read } },
      { source: 'folder', root, imageSize: 32 },
      { cacheRoot },
    );
    opened.push(again);
    expect(whenPacked(again)).toBe(whenPacked(first));
  });

  it('is packed again, and said, where a picture has changed within its size, even with its former time', async () => {
    await writePictures(4);
    const first = await pack();
    const { atime, mtime, size } = statSync(join(root, nameOf(2)));
    writeFileSync(join(root, nameOf(2)), await grey(200));
    utimesSync(join(root, nameOf(2)), atime, mtime);
    expect(statSync(join(root, nameOf(2))).size).toBe(size);
    const second = await pack();
    expect(said).toEqual(['1 of 4 pictures has changed since they were packed; they are packed again.']);
    expect([0, 1, 2, 3].map((i) => levelOf(second, i))).toEqual([0, 1, 200, 3]);
    expect(second.manifest).toMatchObject({ identity: first.manifest.identity });
    expect(second.manifest.filesSha256).not.toBe(first.manifest.filesSha256);
    expect(second.manifest.pixelsSha256).not.toBe(first.manifest.pixelsSha256);
    expect(levelOf(first, 2)).toBe(2); // who has it open reads on what was there
    await pack();
    expect(said).toHaveLength(1);
  });

  it('keeps what was packed before beside it, for runs that began with that', async () => {
    await writePictures(4);
    const { manifest, folder: place } = await pack();
    writeFileSync(join(root, nameOf(2)), await grey(200));
    await pack();
    expect(inCache()).toEqual([`folder-${manifest.identity}`, `folder-${manifest.identity}.${manifest.pixelsSha256.slice(0, 12)}`]);
    writeFileSync(join(root, nameOf(2)), await grey(2));
    expect((await pack()).manifest.pixelsSha256).toBe(manifest.pixelsSha256);
    expect(existsSync(place)).toBe(true);
  });

  it('is kept where files were touched and hold the same; the next start compares stamps again', async () => {
    await writePictures(4);
    const first = await pack();
    utimesSync(join(root, nameOf(1)), 1, 1);
    renameSync(join(root, nameOf(3)), join(root, 'moved'));
    cpSync(join(root, 'moved'), join(root, nameOf(3)));
    rmSync(join(root, 'moved'));
    const read: number[] = [];
    for (let start = 0; start < 2; start++) {
      const source = await openSource({ source: 'folder', root, imageSize: 32 });
      const files = {
        ...source.files!,
        read(i: number) {
          read.push(i);
          return source.files!.read(i);
        },
      };
      const again = await packSource({ ...source, files }, { source: 'folder', root, imageSize: 32 }, { cacheRoot });
      opened.push(again);
      expect(whenPacked(again)).toBe(whenPacked(first));
    }
    expect(read).toEqual([1, 3]);
  });

  it('serves a copy of the pictures elsewhere, and both places stay known', async () => {
    await writePictures(4);
    const first = await pack();
    const copy = join(folder, 'copy');
    cpSync(root, copy, { recursive: true });
    for (const place of [copy, root, copy]) expect(whenPacked(await pack({ root: place }))).toBe(whenPacked(first));
    expect(readdirSync(first.folder).filter((name) => name.startsWith('stamps-'))).toHaveLength(2);
    writeFileSync(join(copy, nameOf(0)), await grey(99));
    expect(levelOf(await pack({ root: copy }), 0)).toBe(99);
    expect(levelOf(await pack(), 0)).toBe(0);
    expect(said).toHaveLength(2);
  });

  it('takes in a picture that was broken and has been mended within its size', async () => {
    await writePictures(200);
    const whole = readFileSync(join(root, nameOf(7)));
    writeFileSync(join(root, nameOf(7)), Buffer.alloc(whole.length));
    expect((await pack()).count).toBe(199);
    await pack();
    const line = `1 of 200 pictures are unusable and left out: ${nameOf(7)}: no JPEG, PNG, WebP, GIF, TIFF or AVIF picture`;
    expect(said).toEqual([line, line]);
    writeFileSync(join(root, nameOf(7)), whole);
    const mended = await pack();
    expect(mended.count).toBe(200);
    expect(levelOf(mended, 7)).toBe(7);
  });

  it.each<[string, object]>([
    ['by a version that looked at no content', { reading: undefined, filesSha256: undefined, enlarged: undefined }],
    [
      'by a reader that left out pictures which are used today',
      { reading: 1, faults: { count: 1, first: [{ name: nameOf(0), reason: 'a TIFF' }] } },
    ],
  ])('that was written %s is made again', async (_, change) => {
    await writePictures(3);
    const first = await pack();
    changeManifest(first, change);
    const again = await pack();
    expect(said).toEqual(['The packed data is of a former version of Facet and is made again.']);
    expect(again.manifest).toEqual(first.manifest);
    expect(inCache()).toEqual([`folder-${first.manifest.identity}`]);
  });

  it('is made once by two calls at the same time where a picture has changed', async () => {
    await writePictures(4);
    await pack();
    writeFileSync(join(root, nameOf(0)), await grey(77));
    const both = await Promise.all([pack(), pack()]);
    expect(both.map((packed) => levelOf(packed, 0))).toEqual([77, 77]);
    expect(said).toHaveLength(1);
  });
});

describe('pictures that are left out', () => {
  it('are refused from a warm cache as from a cold one', async () => {
    await writePictures(39);
    await pack();
    writeFileSync(join(root, 'labels.csv'), rowsOf(39, 'gone1.png,1,0\ngone2.png,0,1\n'));
    const warm = await pack().catch((error: Error) => error.message);
    expect(warm).toMatch(
      /2 of (the first 2 of )?41 pictures are unusable, more than 1 % of all: gone1\.png: .*; gone2\.png: .*dataset\.maxLeftOut$/,
    );
    expect(inCache()).toHaveLength(1);
    rmSync(cacheRoot, { recursive: true });
    await expect(pack()).rejects.toThrow(/2 of the first 2 of 41 pictures are unusable, more than 1 % of all/);
    expect((await pack({ maxLeftOut: 0.1 })).count).toBe(39);
    expect((await pack({ maxLeftOut: 0.1 })).leftOut.faults).toHaveLength(2);
    await expect(pack({ maxLeftOut: 0 })).rejects.toThrow(/more than 0 % of all/);
  });

  it('are all listed in a file that the line names', async () => {
    await writePictures(40);
    for (const i of [3, 5, 8, 13]) writeFileSync(join(root, nameOf(i)), 'no picture');
    writeFileSync(join(root, 'labels.csv'), rowsOf(40, 'gone.png,1,0\n'));
    const { leftOut } = await pack({ maxLeftOut: 0.2 });
    const file = leftOut.file!;
    expect(said).toEqual([
      expect.stringMatching(/^5 of 41 pictures are unusable and left out: gone\.png: .*; … \(all in .*left-out\.txt\)$/),
    ]);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split('\t').slice(0, 2))).toEqual(
      ['gone.png', nameOf(3), nameOf(5), nameOf(8), nameOf(13)].map((name) => ['left out', name]),
    );
    writeFileSync(join(root, 'labels.csv'), rowsOf(40));
    expect((await pack({ maxLeftOut: 0.2 })).leftOut.faults).toHaveLength(4); // the same pictures, another list
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(4);
  });
});
