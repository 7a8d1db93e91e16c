import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import { datasetSchema } from '../../../src/experiment/schema/sections/dataset.ts';
import { lookAtLists } from '../../../src/model/data/look-at-lists.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { bitsOf, codedPicture, readSource, writeFiles } from './coded-pictures.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dataset = (more: Partial<DatasetConfig> = {}): DatasetConfig => ({ source: 'folder', root, imageSize: 32, ...more });
const read = async (more: Partial<DatasetConfig> = {}) => readSource(await openSource(dataset(more)), 32);
const labelled = (codes: number[], width = 2) => ({ codes, labels: codes.map((code) => bitsOf(code, width)), faults: [] });

/** Pictures a1.jpg, b/a2.jpg, b/c/a3.jpg. */
async function writePictures(): Promise<void> {
  writeFiles(root, { 'a1.jpg': await codedPicture(1), 'b/a2.jpg': await codedPicture(2), 'b/c/a3.jpg': await codedPicture(3) });
}

describe('a folder of pictures with a CSV', () => {
  it('is read in the order of its rows, by path or by file name alone', async () => {
    await writePictures();
    writeFiles(root, { 'labels.csv': 'file,Happy,Old\na3.jpg,1,1\na1.jpg,1,0\nb/a2.jpg,0,1\n' });
    const source = await openSource(dataset());
    expect(source).toMatchObject({ attributes: ['Happy', 'Old'], total: 3, notices: [] });
    expect(await readSource(source, 32)).toEqual(labelled([3, 1, 2]));
  });

  it.each([
    ['0 and 1', '1', '0'],
    ['-1 and 1', '1', '-1'],
    ['true and false', 'true', 'false'],
    ['True and FALSE', 'True', 'FALSE'],
  ])('takes %s as labels', async (_, on, off) => {
    await writePictures();
    writeFiles(root, { 'labels.csv': `file,Happy,Old\na1.jpg,${on},${off}\na2.jpg,${off},${on}\n` });
    expect((await read()).labels).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('takes quotes, CRLF, a byte-order mark, blank lines, semicolons, ./ and backslashes as spreadsheets write them', async () => {
    await writePictures();
    writeFiles(root, { 'labels.csv': '\uFEFF"file";"Happy";"Looks ""old"", or not"\r\n"./a1.jpg"; 1 ;0\r\n\r\nb\\a2.jpg;0;1\r\n' });
    expect((await lookAtLists(dataset())).names).toEqual(['Happy', 'Looks "old", or not']);
    expect(await read()).toEqual(labelled([1, 2]));
  });

  it('is cut to the first rows by limit, which changes its identity', async () => {
    await writePictures();
    writeFiles(root, { 'labels.csv': 'file,Happy,Old\na2.jpg,0,1\na1.jpg,1,0\n' });
    expect((await read({ limit: 1 })).codes).toEqual([2]);
    expect((await openSource(dataset({ limit: 1 }))).identity).not.toBe((await openSource(dataset())).identity);
  });

  it('takes links to pictures and folders, and a circle of links does not trap it', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'facet-elsewhere-'));
    writeFiles(elsewhere, { 'linked.jpg': await codedPicture(2) });
    writeFiles(root, { 'labels.csv': 'file,Happy,Old\nlinked.jpg,0,1\nfile.jpg,0,1\n' });
    symlinkSync(elsewhere, join(root, 'there'));
    symlinkSync(root, join(root, 'there', 'back'));
    symlinkSync(join(elsewhere, 'linked.jpg'), join(root, 'file.jpg'));
    symlinkSync(join(elsewhere, 'nowhere.jpg'), join(root, 'dangling.jpg'));
    try {
      expect((await read()).codes).toEqual([2, 2]);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});

describe('the CSV of a folder', () => {
  beforeEach(writePictures);

  it('is the only one there, or the one that is named', async () => {
    writeFiles(root, { 'meta/one.csv': 'file,Happy,Old\na1.jpg,1,0\n' });
    await expect(openSource(dataset())).rejects.toThrow(
      /expected a list of labels .*, found none; name it with dataset\.labels: meta\/one\.csv$/,
    );
    writeFiles(root, { 'one.csv': 'file,Happy,Old\na1.jpg,1,0\n', 'Two.CSV': 'file,Sad,Young\na1.jpg,0,1\n' });
    await expect(openSource(dataset())).rejects.toThrow(
      /expected one list of labels, found 2: Two\.CSV, one\.csv; choose with dataset\.labels/,
    );
    expect((await lookAtLists(dataset({ labels: 'Two.CSV' }))).names).toEqual(['Sad', 'Young']);
    expect((await lookAtLists(dataset({ labels: 'meta/one.csv' }))).names).toEqual(['Happy', 'Old']);
    await expect(lookAtLists(dataset({ labels: 'three.csv' }))).rejects.toThrow(
      /dataset\.labels: expected a list of labels at .*three\.csv, found no such file/,
    );
  });

  it.each([
    [{}, /found none; put it there, or name it with dataset\.labels$/],
    [{ 'labels.jsonl': '{}' }, /found labels\.jsonl, which is not read; save it as CSV$/],
    [{ 'labels.csv.gz': '\x1f\x8b' }, /found labels\.csv\.gz, which is not read; unpack it$/],
    [{ 'a.parquet': 'PAR1' }, /found none; name the parquet files with dataset\.images: a\.parquet/],
    [{ 'labels.csv': 'PK\x03\x04\0\0' }, /labels\.csv: expected a list of labels as text, found a spreadsheet .*; save it as CSV/],
    [
      { 'labels.csv': Buffer.from('file,Happy\na1.jpg,1\n', 'utf16le') },
      /labels\.csv: expected UTF-8 text, found UTF-16; save it as UTF-8/,
    ],
    [{ 'labels.csv': 'file,Happy\0\na1.jpg,1\n' }, /labels\.csv: expected UTF-8 text, found bytes that are no text/],
  ])('is asked for by name where another file may be meant: %j', async (files: Record<string, string | Uint8Array>, message) => {
    writeFiles(root, files);
    await expect(openSource(dataset())).rejects.toThrow(message);
  });

  it('stands in a folder, whose archives are named', async () => {
    writeFiles(root, { 'only/labels.csv': 'file,Happy\na1.jpg,1\n', 'only/faces.zip': 'PK', 'only/faces.tar.gz': '\x1f\x8b' });
    const only = join(root, 'only');
    await expect(openSource(dataset({ root: only }))).rejects.toThrow(
      /dataset\.images: expected pictures in .*, found none; name the archive with dataset\.images: faces\.zip$/,
    );
    await expect(openSource(dataset({ root: only, images: 'faces.tar.gz' }))).rejects.toThrow(
      /faces\.tar\.gz, which is none of these; unpack it/,
    );
    expect(datasetSchema.safeParse({ source: 'folder', root, images: '.' }).success).toBe(true);
    await expect(openSource(dataset({ root: 'https://example.org/faces.zip' }))).rejects.toThrow(/found the address .*; download the data/);
    await expect(openSource(dataset({ root: 'C:\\Users\\me\\faces' }))).rejects.toThrow(/found no folder at C:.*, with forward slashes$/);
    writeFiles(root, { 'only/empty.zip': `PK\x05\x06${'\0'.repeat(18)}` });
    await expect(openSource(dataset({ root: only, images: 'empty.zip' }))).rejects.toThrow(
      /empty\.zip: expected pictures in the archive, found no file$/,
    );
    await expect(openSource(dataset({ root: join(only, 'faces.zip') }))).rejects.toThrow(
      /dataset\.root: expected a folder, found the file .*faces\.zip/,
    );
  });

  it.each([
    ['', /expected a list of labels, found an empty file/],
    ['file\na1.jpg\n', /labels\.csv:1: expected a header.*; found only "file"/],
    ['a1.jpg,1,0\na2.jpg,0,1\n', /expected a header.*; found the picture "a1\.jpg"/],
    ['file,Happy,Happy\n', /found none; Happy: it stands twice in the header/],
    ['file,Happy,Old\n"a1.jpg,1,0\n', /labels\.csv: .*[Qq]uote.*line 2/],
    ['<!DOCTYPE html><p>Sign in</p>', /labels\.csv: is a web page/],
  ])('that makes no sense ends in one line: %j', async (text, message) => {
    writeFiles(root, { 'labels.csv': text });
    await expect(openSource(dataset())).rejects.toThrow(message);
  });

  it('keeps every other label in place where rows are faulty', async () => {
    const rows = ['a1.jpg,1', 'a3.jpg,1,1', 'a4.jpg,0,0', ',1,1', 'a3.jpg,1,1,1'];
    writeFiles(root, { 'labels.csv': `file,Happy,Old\n${rows.join('\n')}\n` });
    expect(await read()).toEqual({
      ...labelled([3]),
      faults: [
        { name: 'a1.jpg', reason: 'line 2: expected 3 columns, found 2' },
        { name: 'a4.jpg', reason: 'listed, but there is no such picture; did you mean b/a2.jpg?' },
        { name: 'no name', reason: 'line 5: the row names no picture' },
        { name: 'a3.jpg', reason: 'line 6: expected 3 columns, found 4' },
      ],
    });
  });

  it('takes what a file is from its bytes: a listed picture may have any ending, or none', async () => {
    const jpeg = await codedPicture(3);
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic')]);
    writeFiles(root, {
      IMG_7: jpeg,
      'old.jpe': jpeg,
      'scan.tif': jpeg,
      'phone.HEIC': heic,
      'labels.csv': 'file,Happy,Old\nIMG_7,1,1\nold.jpe,1,1\nscan.tif,1,1\nphone.HEIC,1,1\n',
    });
    expect(await read()).toEqual({
      ...labelled([3, 3, 3]),
      faults: [{ name: 'phone.HEIC', reason: expect.stringMatching(/^a HEIC picture/) }],
    });
  });

  it('in Latin-1 is read as that, and said to be', async () => {
    writeFiles(root, { 'Jürgen – 1.jpg': await codedPicture(3) });
    const text = Buffer.concat([Buffer.from('file,Happy,Old\nJ\u00fcrgen ', 'latin1'), Buffer.from([0x96]), Buffer.from(' 1.jpg,1,1\n')]);
    writeFiles(root, { 'labels.csv': text });
    const source = await openSource(dataset());
    expect(source.notices[0]).toEqual({ name: 'labels.csv', reason: expect.stringMatching(/^is not UTF-8 and is read as Latin-1/) });
    expect(await readSource(source, 32)).toEqual(labelled([3]));
  });

  it('does not guess which of two pictures of one name is meant', async () => {
    writeFiles(root, { 'd/a2.jpg': await codedPicture(9), 'labels.csv': 'file,Happy,Old\na2.jpg,0,1\nd/a2.jpg,1,0\na1.jpg,1,0\n' });
    const { codes, faults } = await read();
    expect(codes).toEqual([9, 1]);
    expect(faults.map(({ name }) => name)).toEqual(['a2.jpg']);
  });

  it('leaves hidden files and other files alone, and names pictures without a row', async () => {
    writeFiles(root, { '._a1.jpg': 'resource fork', '.git/x.jpg': 'x', '__MACOSX/a1.jpg': 'x', 'README.md': '#', 'old.bmp': 'BM' });
    writeFiles(root, { 'labels.csv': 'file,Happy,Old\na1.jpg,1,0\nold.bmp,1,1\n' });
    const source = await openSource(dataset());
    expect(source.notices.map(({ name }) => name)).toEqual(['b/a2.jpg', 'b/c/a3.jpg']);
    expect((await readSource(source, 32)).faults).toEqual([{ name: 'old.bmp', reason: 'a BMP picture; convert it to PNG or JPEG' }]);
  });

  it('names a picture outside of the folder as missing, instead of reading it', async () => {
    writeFileSync(`${root}.jpg`, await codedPicture(4));
    writeFiles(root, { 'labels.csv': `file,Happy,Old\n../${root.split('/').pop()}.jpg,0,0\n${root}.jpg,0,0\na1.jpg,1,0\n` });
    const { codes, faults } = await read();
    rmSync(`${root}.jpg`);
    expect(codes).toEqual([1]);
    expect(faults).toHaveLength(2);
  });
});
