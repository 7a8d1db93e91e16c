// What `facet validate` refuses of a data set, in every form in which one is published: what `facet run` would refuse, with the same line.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/cli/load-experiment.ts';
import { packDataset } from '../../../src/model/data/packing/pack.ts';
import { codedPicture, writeFiles } from './coded-pictures.ts';
import { parquetOf } from './parquet-pictures.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-look-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const codes = [1, 2, 3];
const rows = codes.map((code) => ({ name: `${code}.jpg`, id: code + 2000, labels: [code & 1, (code >> 1) & 1] }));
const csv = () => `celeb_id,image,Smiling,Male\n${rows.map(({ name, id, labels }) => `${id},${name},${labels.join(',')}\n`).join('')}`;
const text = () => `3\nSmiling Male\n${rows.map(({ name, labels }) => `${name} ${labels.join(' ')}\n`).join('')}`;

async function writePictures(folder: string): Promise<void> {
  for (const code of codes) writeFiles(join(root, folder), { [`${code}.jpg`]: await codedPicture(code) });
}

async function zipPictures(folder: string): Promise<void> {
  await writePictures(folder);
  execFileSync('python3', ['-m', 'zipfile', '-c', `${folder}.zip`, folder], { cwd: root });
  rmSync(join(root, folder), { recursive: true });
}

/** Each writes a data set with the labels Smiling and Male, and gives the fields that name it. `hasId`: with a column that is no label. */
const FORMS: Record<string, { hasId: boolean; list?: string; write: () => Promise<string> }> = {
  'a CSV and a folder': {
    hasId: true,
    list: 'labels.csv',
    async write() {
      await writePictures('');
      writeFiles(root, { 'labels.csv': csv() });
      return 'source: folder';
    },
  },
  'a CSV and a zip archive': {
    hasId: true,
    list: 'labels.csv',
    async write() {
      await zipPictures('faces');
      writeFiles(root, { 'labels.csv': csv() });
      return 'source: folder, images: faces.zip';
    },
  },
  "CelebA's text list": {
    hasId: false,
    list: 'list_attr_celeba.txt',
    async write() {
      await writePictures('img_align_celeba');
      writeFiles(root, { 'list_attr_celeba.txt': text() });
      return 'source: celeba, partition: all';
    },
  },
  "CelebA's archive left packed": {
    hasId: false,
    list: 'list_attr_celeba.txt',
    async write() {
      await zipPictures('img_align_celeba');
      writeFiles(root, { 'list_attr_celeba.txt': text() });
      return 'source: celeba, partition: all';
    },
  },
  'CelebAMask-HQ': {
    hasId: false,
    list: 'CelebAMask-HQ-attribute-anno.txt',
    async write() {
      await writePictures('CelebA-HQ-img');
      writeFiles(root, { 'CelebAMask-HQ-attribute-anno.txt': text() });
      return 'source: celeba, partition: all';
    },
  },
  'parquet files': {
    hasId: true,
    async write() {
      writeFiles(root, { 'data/train-00000-of-00001.parquet': await parquetOf(codes) });
      return 'source: celeba';
    },
  },
};

const load = (fields: string, { attributes = 'Male', batchSize = 3 } = {}) => {
  const yaml = `name: x\nattributes: [${attributes}]\ntraining: {batchSize: ${batchSize}}\ndataset: {root: ${root}, imageSize: 32, ${fields}}\n`;
  writeFileSync(join(root, 'x.yaml'), yaml);
  return loadExperiment(join(root, 'x.yaml'), []);
};

describe.each(Object.entries(FORMS))('of %s', (_, { hasId, list, write }) => {
  it('attributes are checked before anything is packed', async () => {
    const fields = await write();
    expect((await load(fields)).points).toHaveLength(1);
    await expect(load(fields, { attributes: 'Mal' })).rejects.toThrow(
      /x\.yaml:2:14 {2}attributes\[0\]: .* got "Mal"; did you mean "Male"\?$/,
    );
    const noLabel = hasId
      ? /x\.yaml:2:14 {2}attributes\[0\]: expected a column of labels, got "celeb_id": labels are .* says "2001"$/
      : /got "celeb_id"/;
    await expect(load(fields, { attributes: 'celeb_id' })).rejects.toThrow(noLabel);
    await expect(load(fields, { batchSize: 4 })).rejects.toThrow(
      /x\.yaml:3:23 {2}training\.batchSize: expected at most the 3 pictures of ".*", got 4/,
    );
  });

  it.runIf(list !== undefined)('rows without pictures are refused in the words of packing', async () => {
    const fields = await write();
    writeFiles(root, { [list!]: (list!.endsWith('csv') ? csv() : text()).replaceAll('2.jpg', 'other.jpg') });
    const [refused, packed] = await Promise.all([
      load(fields).catch((error: Error) => error.message),
      load(`${fields}, maxLeftOut: 0.5`, { batchSize: 2 }).then(({ points }) =>
        packDataset({ ...points[0]!.config.dataset, maxLeftOut: 0.01 }, { cacheRoot: join(root, 'cache') }).catch(
          (error: Error) => error.message,
        ),
      ),
    ]);
    expect(refused).toMatch(
      /x\.yaml:4:17 {2}dataset\.root: .*1 of the first 1 of 3 pictures are unusable, .*other\.jpg: listed, but there is no such/,
    );
    expect(refused).toContain(packed);
  });
});
