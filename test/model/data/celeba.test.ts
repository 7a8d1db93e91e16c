import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import { lookAtLists } from '../../../src/model/data/look-at-lists.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { bitsOf, codedPicture, readSource, writeFiles } from './coded-pictures.ts';

const ATTRIBUTES = ['Smiling', 'Male', 'Bald', 'Young'];
const nameOf = (code: number) => `${String(code).padStart(6, '0')}.jpg`;
const codes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-celeba-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dataset = (more: Partial<DatasetConfig> = {}): DatasetConfig => ({ source: 'celeba', root, imageSize: 32, ...more });
const read = async (more: Partial<DatasetConfig> = {}) => readSource(await openSource(dataset(more)), 32);

const row = (code: number) =>
  `${nameOf(code)} ${bitsOf(code, 4)
    .map((bit) => (bit ? ' 1' : '-1'))
    .join(' ')}`;
const attributeText = (rows = codes.map(row), { end = '\n', count = rows.length } = {}) =>
  [`${count}`, `${ATTRIBUTES.join(' ')} `, ...rows, ''].join(end);
/** 1 to 6 train, 7 and 8 valid, 9 and 10 test. */
const partitionOf = (code: number) => (code <= 6 ? 0 : code <= 8 ? 1 : 2);
const partitionText = (end = '\n') => codes.map((code) => `${nameOf(code)} ${partitionOf(code)}${end}`).join('');

async function writePictures(folder: string, which = codes): Promise<void> {
  for (const code of which) writeFiles(root, { [join(folder, nameOf(code))]: await codedPicture(code) });
}

async function writeCeleba(attributes = attributeText()): Promise<void> {
  await writePictures('img_align_celeba');
  writeFiles(root, { 'list_attr_celeba.txt': attributes, 'list_eval_partition.txt': partitionText() });
}

const labelled = (which: number[]) => ({ codes: which, labels: which.map((code) => bitsOf(code, 4)), faults: [] });
const train = [1, 2, 3, 4, 5, 6];

describe('CelebA on disk', () => {
  it('is read from the official text files, lying flat', async () => {
    await writeCeleba();
    const source = await openSource(dataset());
    expect(source.attributes).toEqual(ATTRIBUTES);
    expect(source).toMatchObject({ total: 6, notices: [] });
    expect(await readSource(source, 32)).toEqual(labelled(train));
  });

  it('is read from the folders Anno, Eval and Img, with CRLF, and the last attribute survives it', async () => {
    await writePictures('Img/img_align_celeba');
    writeFiles(root, {
      'Anno/list_attr_celeba.txt': attributeText(undefined, { end: '\r\n' }),
      'Eval/list_eval_partition.txt': partitionText('\r\n'),
    });
    expect((await openSource(dataset())).attributes).toEqual(ATTRIBUTES);
    expect(await read()).toEqual(labelled(train));
  });

  it.each([
    ['-1 and 1', -1],
    ['0 and 1', 0],
  ])("is read from Kaggle's CSVs with their doubly nested pictures: %s, with a byte-order mark", async (_, off) => {
    await writePictures('img_align_celeba/img_align_celeba');
    const csv = codes.map((code) => [nameOf(code), ...bitsOf(code, 4).map((bit) => bit || off)].join(','));
    writeFiles(root, {
      'list_attr_celeba.csv': `\uFEFF${[`image_id,${ATTRIBUTES.join(',')}`, ...csv].join('\r\n')}\r\n`,
      'list_eval_partition.csv': ['image_id,partition', ...codes.map((code) => `${nameOf(code)},${partitionOf(code)}`)].join('\n'),
    });
    expect((await openSource(dataset())).attributes).toEqual(ATTRIBUTES);
    expect(await read()).toEqual(labelled(train));
  });

  it('has the same identity in every form and place, and another one for other labels, pictures, size or crop', async () => {
    await writeCeleba();
    const identity = (await openSource(dataset())).identity;
    const elsewhere = join(root, 'copy');
    for (const code of codes) writeFiles(elsewhere, { [join('Img/img_align_celeba', nameOf(code))]: await codedPicture(code) });
    const files = { 'Anno/list_attr_celeba.txt': attributeText(undefined, { end: '\r\n' }), 'list_eval_partition.txt': partitionText() };
    writeFiles(elsewhere, files);
    expect((await openSource(dataset({ root: elsewhere }))).identity).toBe(identity);

    const others = [
      (await openSource(dataset({ imageSize: 64 }))).identity,
      (await openSource(dataset({ crop: 170 }))).identity,
      (await openSource(dataset({ limit: 3 }))).identity,
      (await openSource(dataset({ partition: 'all' }))).identity,
    ];
    writeFiles(elsewhere, { 'Anno/list_attr_celeba.txt': attributeText([...codes.slice(0, 5).map(row), row(6).replace(' 1', '-1')]) });
    others.push((await openSource(dataset({ root: elsewhere }))).identity);
    writeFiles(root, { [`img_align_celeba/${nameOf(3)}`]: await codedPicture(44, { height: 219 }) });
    others.push((await openSource(dataset())).identity);
    expect(new Set([identity, ...others]).size).toBe(7);
  });
});

describe('the official split', () => {
  it.each([
    ['train', train],
    ['valid', [7, 8]],
    ['test', [9, 10]],
    ['all', codes],
  ] as const)('%s is respected', async (partition, expected) => {
    await writeCeleba();
    expect((await read({ partition })).codes).toEqual(expected);
  });

  it('that is missing is an error which says how to mend it, and is not needed for all pictures', async () => {
    await writeCeleba();
    rmSync(join(root, 'list_eval_partition.txt'));
    await expect(openSource(dataset({ partition: 'valid' }))).rejects.toThrow(
      /expected list_eval_partition\.txt .* to know the valid pictures; put it there, or set dataset\.partition: all/,
    );
    expect((await read({ partition: 'all' })).codes).toEqual(codes);
  });

  it('names rows that it cannot read, and leaves those pictures out', async () => {
    await writeCeleba();
    writeFileSync(join(root, 'list_eval_partition.txt'), partitionText().replace('000002.jpg 0', '000002.jpg 7'));
    const source = await openSource(dataset());
    expect(source.notices).toEqual([
      { name: '000002.jpg', reason: 'list_eval_partition.txt line 2: expected 0, 1 or 2 for the partition, found "7"' },
    ]);
    expect((await readSource(source, 32)).codes).toEqual([1, 3, 4, 5, 6]);
  });

  it('is cut to the first so many by limit', async () => {
    await writeCeleba();
    expect((await read({ limit: 4 })).codes).toEqual([1, 2, 3, 4]);
    expect((await read({ partition: 'test', limit: 1 })).codes).toEqual([9]);
  });
});

describe('faults in CelebA', () => {
  const fault = async (rows: string[]) => {
    await writeCeleba(attributeText(rows));
    return read();
  };
  const without = (...left: number[]) => labelled(train.filter((code) => !left.includes(code)));

  it('a count in the first line that lies is a notice', async () => {
    await writeCeleba(attributeText(undefined, { count: 202599 }));
    expect((await openSource(dataset())).notices).toEqual([{ name: 'list_attr_celeba.txt', reason: 'says 202599 pictures, has 10 rows' }]);
    expect(await read()).toEqual(labelled(train));
  });

  it('a row with too few or too many columns is left out and shifts no other label', async () => {
    const rows = codes.map(row);
    rows[1] = `${nameOf(2)} 1 1 1`;
    rows[3] = `${nameOf(4)} 1 1 1 1 1`;
    expect(await fault(rows)).toEqual({
      ...without(2, 4),
      faults: [
        { name: '000002.jpg', reason: 'line 4: expected 5 columns, found 4' },
        { name: '000004.jpg', reason: 'line 6: expected 5 columns, found 6' },
      ],
    });
  });

  it('a column that is no label takes no picture away and is known with what it says', async () => {
    const rows = codes.map(row);
    rows[2] = `${nameOf(3)} 1 maybe 1 1`;
    const { codes: found, faults } = await fault(rows);
    expect([found, faults]).toEqual([train, []]);
    expect(await lookAtLists(dataset())).toMatchObject({
      names: ['Smiling', 'Bald', 'Young'],
      unusable: new Map([['Male', 'labels are 1, 0, -1, true, false, yes or no, and list_attr_celeba.txt line 5 says "maybe"']]),
    });
  });

  it('a row whose picture is missing is a fault, a picture without a row a notice', async () => {
    await writeCeleba();
    rmSync(join(root, 'img_align_celeba', nameOf(2)));
    writeFiles(root, { 'img_align_celeba/000099.jpg': await codedPicture(20) });
    const source = await openSource(dataset());
    expect(source.total).toBe(6);
    expect(source.notices).toEqual([{ name: '000099.jpg', reason: 'a picture without a row in the list' }]);
    expect(await readSource(source, 32)).toEqual({
      ...without(2),
      faults: [{ name: '000002.jpg', reason: 'listed, but there is no such picture; did you mean 000099.jpg?' }],
    });
  });

  it('a repeated row is a notice, a contradicting one makes the picture unusable', async () => {
    const rows = [...codes.map(row), row(1), row(5).replace(' 1', '-1')];
    await writeCeleba(attributeText(rows));
    const source = await openSource(dataset());
    expect(source.notices).toEqual([{ name: '000001.jpg', reason: 'listed twice, with the same labels' }]);
    const { codes: found, faults } = await readSource(source, 32);
    expect(found).toEqual([1, 2, 3, 4, 6]);
    expect(faults).toEqual(Array(2).fill({ name: '000005.jpg', reason: 'listed twice, with different labels' }));
  });

  it('broken pictures of every kind are named, and all others keep their labels', async () => {
    await writeCeleba();
    const whole = await codedPicture(3);
    const pictures = join(root, 'img_align_celeba');
    writeFiles(pictures, {
      [nameOf(1)]: '\n <!doctype HTML><html><title>Google Drive - Quota exceeded</title>',
      [nameOf(2)]: '',
      [nameOf(3)]: whole.subarray(0, whole.length - 40),
      [nameOf(4)]: 'GRAPHIC',
      [nameOf(5)]: await codedPicture(5, { width: 100, height: 100 }),
    });
    const { faults, ...rest } = await read();
    expect(rest).toEqual({ codes: [6], labels: [bitsOf(6, 4)] });
    expect(faults.map(({ name, reason }) => `${name} ${reason}`)).toEqual([
      '000001.jpg a web page saved as a picture (a download quota page?)',
      '000002.jpg an empty file',
      expect.stringMatching(/^000003.jpg a broken picture: .*premature end/),
      '000004.jpg no JPEG, PNG, WebP, GIF, TIFF or AVIF picture',
      '000005.jpg 100x100 pixels, smaller than the crop of 178',
    ]);
  });

  it.each(['<html>', ' \n<!DOCTYPE html>', '\uFEFF<HTML lang="en">'])('a list that is a web page is said to be one: %j', async (page) => {
    await writeCeleba(`${page}<head><title>Quota exceeded</title>`);
    await expect(openSource(dataset())).rejects.toThrow(/list_attr_celeba\.txt: is a web page .* download the file again/);
  });

  it.each([
    ['', /expected a list of labels, found an empty file/],
    ['10\n', /list_attr_celeba\.txt:2: expected a header.*; found nothing/],
    ['1\nMale Male\n000001.jpg 1 1\n', /expected a column of labels, found none; Male: it stands twice in the header/],
    ['\u0000', /empty file/],
  ])('a list without sense ends in one line: %j', async (text, message) => {
    await writeCeleba(text);
    await expect(openSource(dataset())).rejects.toThrow(message);
  });

  it('a list in UTF-16 is said to be that', async () => {
    await writeCeleba();
    writeFileSync(join(root, 'list_attr_celeba.txt'), Buffer.from(`\uFEFF${attributeText()}`, 'utf16le'));
    await expect(openSource(dataset())).rejects.toThrow(/expected UTF-8 text, found UTF-16; save it as UTF-8/);
  });

  it('folders and lists that are not there are named', async () => {
    await expect(openSource(dataset({ root: undefined }))).rejects.toThrow(/dataset\.root: expected the folder of the celeba pictures/);
    await expect(openSource(dataset({ root: join(root, 'nowhere') }))).rejects.toThrow(/found no folder at .*nowhere/);
    await expect(openSource(dataset())).rejects.toThrow(/expected list_attr_celeba\.txt \(or \.csv, as Kaggle has it\)/);
    writeFiles(root, { 'list_attr_celeba.txt': attributeText(), 'list_eval_partition.txt': partitionText() });
    await expect(openSource(dataset())).rejects.toThrow(
      /expected pictures in img_align_celeba\/ .* put them there, unpacked or as img_align_celeba\.zip/,
    );
  });

  it('names may be in capital letters, and a folder below is named', async () => {
    writeFiles(root, { 'archive/LIST_ATTR_CELEBA.TXT': attributeText(), 'archive/List_Eval_Partition.txt': partitionText() });
    for (const code of codes) writeFiles(join(root, 'archive'), { [join('IMG_ALIGN_CELEBA', nameOf(code))]: await codedPicture(code) });
    await expect(openSource(dataset())).rejects.toThrow(/found neither; .*archive has it: set dataset\.root to that folder$/);
    expect(await read({ root: join(root, 'archive') })).toEqual(labelled(train));
  });
});
