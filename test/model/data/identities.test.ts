// Identities of data sets that were readable before lists and names were read more widely: ids of runs and packed data hang on them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { writeFiles } from './coded-pictures.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-identities-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const numbers = Array.from({ length: 240 }, (_, i) => i + 1);
const nameOf = (i: number) => `${String(i).padStart(6, '0')}.jpg`;
const bit = (i: number, place: number) => (i >> place) & 1;
const identityOf = async (dataset: Partial<DatasetConfig>) =>
  (await openSource({ source: 'folder', root, imageSize: 32, ...dataset } as DatasetConfig)).identity;

/** Files of known sizes: an identity reads no picture. */
function writePictures(folder: string, except: number[] = []): void {
  const rest = numbers.filter((i) => !except.includes(i));
  writeFiles(join(root, folder), Object.fromEntries(rest.map((i) => [nameOf(i), 'x'.repeat(i)])));
}

const celebaText = (rows = numbers) =>
  `${rows.length}\nSmiling Male Bald \n${rows.map((i) => `${nameOf(i)} ${[0, 1, 2].map((place) => (bit(i, place) ? ' 1' : '-1')).join(' ')}\n`).join('')}`;
const celebaCsv = (off: number) =>
  `image_id,Smiling,Male,Bald\n${numbers.map((i) => `${nameOf(i)},${[0, 1, 2].map((place) => (bit(i, place) ? 1 : off)).join(',')}\n`).join('')}`;
const partitionText = numbers.map((i) => `${nameOf(i)} ${i <= 150 ? 0 : i <= 200 ? 1 : 2}\n`).join('');
const rowsOf = (separator = ',') => numbers.map((i) => [nameOf(i), bit(i, 0), bit(i, 3)].join(separator));

describe('the identity of data that was readable before', () => {
  it.each([
    ['the official text list', celebaText(), {}, 'dbe39ac460e95f55'],
    ['its valid partition', celebaText(), { partition: 'valid' }, 'b21727e3665086a9'],
    ['a limit', celebaText(), { limit: 20 }, '858656b3a46f2e22'],
    ['other size and crop', celebaText(), { imageSize: 64, crop: 160 }, 'c9f8da51cd266a9c'],
    ['a share held out', celebaText(), { partition: 'all', heldOut: 0.25 }, '42a0c2889676516f'],
    ['a row without sense', celebaText().replace('000004.jpg -1 -1', '000004.jpg -1 maybe'), {}, 'dc0ce966cb8c81f3'],
  ] as const)('stays for CelebA with %s', async (_, text, dataset, identity) => {
    writePictures('img_align_celeba');
    writeFiles(root, { 'list_attr_celeba.txt': text, 'list_eval_partition.txt': partitionText });
    expect(await identityOf({ source: 'celeba', ...dataset })).toBe(identity);
  });

  it.each([-1, 0])("stays for Kaggle's CSV with %s", async (off) => {
    writePictures('img_align_celeba/img_align_celeba');
    writeFiles(root, { 'list_attr_celeba.csv': celebaCsv(off) });
    expect(await identityOf({ source: 'celeba', partition: 'all' })).toBe('fd9f070efb51fd48');
  });

  it.each([
    ['commas', `file,Happy,Old\n${rowsOf().join('\n')}\n`, [], 'ca89bf4479ca29e4'],
    ['semicolons, quotes and CRLF', `\uFEFF"file";"Happy";"Old"\r\n${rowsOf(';').join('\r\n')}`, [], 'ca89bf4479ca29e4'],
    ['tabs', `file\tHappy\tOld\n${rowsOf('\t').join('\n')}\n`, [], 'ca89bf4479ca29e4'],
    [
      './ in front',
      `file,Happy,Old\n${rowsOf()
        .map((row) => `./${row}`)
        .join('\n')}\n`,
      [],
      'ca89bf4479ca29e4',
    ],
    ['a pictures column of any name', `face,Happy,Old\n${rowsOf().join('\n')}\n`, [], 'ca89bf4479ca29e4'],
    ['two pictures missing', `file,Happy,Old\n${rowsOf().join('\n')}\n`, [7, 90], '65aa1c8e3a45b1e6'],
    [
      'a row cut short and one without sense',
      `file,Happy,Old\n${rowsOf().join('\n').replace('000008.jpg,0,1', '000008.jpg,0').replace('000090.jpg,0', '000090.jpg,what')}\n`,
      [],
      'bf4fbe4b46688ff1',
    ],
    [
      'a row said twice, another contradicted',
      `file,Happy,Old\n${[...rowsOf(), '000003.jpg,1,0', '000005.jpg,0,0'].join('\n')}\n`,
      [],
      'bbd1b67c3bd612af',
    ],
  ] as const)('stays for a folder with %s', async (_, text, missing, identity) => {
    writePictures('images', [...missing]);
    writeFiles(root, { 'labels.csv': text });
    expect(await identityOf({})).toBe(identity);
  });
});
