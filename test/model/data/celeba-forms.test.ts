// The forms in which CelebA and CelebAMask-HQ are published, beside the aligned JPEGs and their lists (celeba.test.ts).

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../../src/cli/load-experiment.ts';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import { lookAtLists } from '../../../src/model/data/look-at-lists.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { bitsOf, codedPicture, readSource, writeFiles } from './coded-pictures.ts';
import { parquetOf } from './parquet-pictures.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-forms-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const codes = [1, 2, 3, 6];
const nameOf = (code: number, ending = 'jpg') => `${String(code).padStart(6, '0')}.${ending}`;
const listOf = (names: string[]) =>
  [
    `${names.length}`,
    'Smiling Male',
    ...names.map((name, i) => `${name} ${bitsOf(codes[i]!, 2).join(' ').replaceAll('0', '-1')}`),
    '',
  ].join('\n');
const list = listOf(codes.map((code) => nameOf(code)));
const dataset = (more: Partial<DatasetConfig> = {}): DatasetConfig => ({
  source: 'celeba',
  root,
  imageSize: 32,
  partition: 'all',
  ...more,
});
const read = async (more: Partial<DatasetConfig> = {}) => readSource(await openSource(dataset(more)), 32);
const expected = { codes, labels: codes.map((code) => bitsOf(code, 2)), faults: [] };

async function writePictures(folder: string, { ending = 'jpg', size = {} as { width?: number; height?: number } } = {}): Promise<void> {
  for (const code of codes) {
    const jpeg = await codedPicture(code, size);
    writeFiles(join(root, folder), { [nameOf(code, ending)]: ending === 'png' ? await sharp(jpeg).png().toBuffer() : jpeg });
  }
}

function zip(archive: string, folder: string): void {
  execFileSync('python3', ['-m', 'zipfile', '-c', archive, folder], { cwd: root });
}

describe('CelebA is read', () => {
  it.each(['img_align_celeba_png', 'Img/img_align_celeba_png', 'img_align_celeba_png/img_align_celeba_png'])(
    'as PNGs in %s',
    async (folder) => {
      await writePictures(folder, { ending: 'png' });
      writeFiles(root, { 'Anno/list_attr_celeba.txt': list });
      expect((await openSource(dataset())).notices).toEqual([
        { name: 'list_attr_celeba.txt', reason: '4 rows name .jpg, the files are .png' },
      ]);
      expect(await read()).toEqual(expected);
    },
  );

  it('from the zip archive that was left packed, with the identity of the unpacked one', async () => {
    await writePictures('img_align_celeba');
    writeFiles(root, { 'list_attr_celeba.txt': list });
    const { identity } = await openSource(dataset());
    zip('img_align_celeba.zip', 'img_align_celeba');
    rmSync(join(root, 'img_align_celeba'), { recursive: true });
    expect((await openSource(dataset())).identity).toBe(identity);
    expect(await read()).toEqual(expected);
    expect((await lookAtLists(dataset())).names).toEqual(['Smiling', 'Male']);
    writeFileSync(join(root, 'img_align_celeba.zip'), readFileSync(join(root, 'img_align_celeba.zip')).subarray(0, 900));
    await expect(read()).rejects.toThrow(/img_align_celeba\.zip: expected a whole zip archive, but .*; download it again, or unpack it$/);
  });

  it('in the wild: the square around the box of each face, moved into the picture', async () => {
    writeFiles(root, {
      'Anno/list_attr_celeba.txt': list,
      'Anno/list_bbox_celeba.txt': `4\nimage_id x_1 y_1 width height\n000001.jpg    200  100  40  60\n000002.jpg 380 280 100 90\n000003.jpg -30 0 50 50\n`,
    });
    for (const code of codes) {
      const box = { 1: [190, 100, 60], 2: [300, 200, 100], 3: [0, 0, 50], 6: [0, 0, 20] }[code]!;
      const face = await sharp(await codedPicture(code))
        .resize(box[2], box[2], { fit: 'fill' })
        .toBuffer();
      const whole = sharp({ create: { width: 400, height: 300, channels: 3, background: 'white' } });
      writeFiles(root, {
        [`Img/img_celeba/${nameOf(code)}`]: await whole
          .composite([{ input: face, left: box[0]!, top: box[1]! }])
          .jpeg({ quality: 100 })
          .toBuffer(),
      });
    }
    expect(await read()).toEqual({
      codes: [1, 2, 3],
      labels: [1, 2, 3].map((code) => bitsOf(code, 2)),
      faults: [{ name: '000006.jpg', reason: 'there is no box around its face in the list of boxes' }],
    });
    rmSync(join(root, 'Anno/list_bbox_celeba.txt'));
    await expect(read()).rejects.toThrow(/expected list_bbox_celeba\.txt .* to cut the faces out of the pictures in img_celeba/);
  });

  it('as CelebAMask-HQ, whole', async () => {
    const names = codes.map((_, i) => `${i}.jpg`);
    for (const [i, code] of codes.entries())
      writeFiles(root, { [`CelebA-HQ-img/${names[i]}`]: await codedPicture(code, { width: 256, height: 256 }) });
    writeFiles(root, { 'CelebAMask-HQ-attribute-anno.txt': listOf(names) });
    expect(await read()).toEqual(expected);
    await expect(read({ partition: 'train' })).rejects.toThrow(/^dataset\.partition: expected all, .* set dataset\.partition: all/);
    expect(await read({ source: 'folder', partition: undefined } as Partial<DatasetConfig>)).toEqual(expected);
  });

  it('from the parquet files of its mirror, in parts by their names', async () => {
    const parts = {
      'data/train-00000-of-00002.parquet': [1, 2],
      'data/train-00001-of-00002.parquet': [3],
      'data/valid-00000-of-00001.parquet': [6],
    };
    for (const [file, which] of Object.entries(parts)) {
      writeFiles(root, { [file]: await parquetOf(which) });
    }
    expect(await read()).toEqual(expected);
    expect((await openSource(dataset())).attributes).toEqual(['Smiling', 'Male']);
    expect((await read({ partition: 'train' })).codes).toEqual([1, 2, 3]);
    expect((await read({ partition: 'valid' })).codes).toEqual([6]);
    await expect(read({ partition: 'test' })).rejects.toThrow(/expected parquet files that are called test…/);
    expect((await lookAtLists(dataset())).unusable.get('celeb_id')).toMatch(/labels are 1, 0, .* says "2001"/);
    expect((await read({ source: 'folder', partition: undefined, images: 'data' } as Partial<DatasetConfig>)).codes).toEqual(codes);
    const other = { columnData: [{ name: 'image', data: [new Uint8Array(await codedPicture(3))], type: 'BYTE_ARRAY' as const }] };
    writeFiles(root, { 'data/train-00001-of-00002.parquet': new Uint8Array(parquetWriteBuffer(other)) });
    await expect(read()).rejects.toThrow(
      /train-00001-of-00002\.parquet: expected the columns of train-00000-of-00002\.parquet, found none called celeb_id/,
    );
    writeFiles(root, { 'data/train-00001-of-00002.parquet': '' });
    await expect(read()).rejects.toThrow(/train-00001-of-00002\.parquet: expected a parquet file, found an empty one/);
    writeFiles(root, { 'data/train-00001-of-00002.parquet': 'PAR1 and no more' });
    await expect(read()).rejects.toThrow(/train-00001-of-00002\.parquet: expected a whole parquet file, but .*; download it again/);
  });

  it('with its list and its pictures elsewhere', async () => {
    await writePictures('elsewhere/faces');
    writeFiles(root, { 'data/readme.txt': 'nothing', 'lists/mine.txt': list });
    const there = { root: join(root, 'data'), labels: join(root, 'lists/mine.txt'), images: '../elsewhere/faces' };
    expect(await read(there)).toEqual(expected);
    expect(await read({ ...there, source: 'folder', partition: undefined } as Partial<DatasetConfig>)).toEqual(expected);
    await expect(read({ ...there, images: 'nowhere' })).rejects.toThrow(/dataset\.images: expected a folder, a zip archive .* found none/);
    await expect(read({ ...there, labels: 'nowhere.txt' })).rejects.toThrow(/dataset\.labels: expected a list of labels at .*nowhere\.txt/);
  });
});

describe('an experiment on CelebA', () => {
  const load = (text: string) => {
    writeFiles(root, { 'x.yaml': `name: x\nattributes: [Male]\ntraining: {batchSize: 2}\ndataset:\n  source: celeba\n${text}` });
    return loadExperiment(join(root, 'x.yaml'), []);
  };

  it('is told with file and line where its folder, list, pictures or label are not there', async () => {
    await expect(load('  root: nowhere\n')).rejects.toThrow(/x\.yaml:6:9 {2}dataset\.root: expected a folder, found no folder at nowhere/);
    await expect(load(`  root: ${root}\n`)).rejects.toThrow(/x\.yaml:6:9 {2}dataset\.root: .*expected list_attr_celeba\.txt/);
    writeFiles(root, { 'list_attr_celeba.txt': list.replace('Male', 'Old') });
    await expect(load(`  root: ${root}\n`)).rejects.toThrow(/x\.yaml:6:9 {2}dataset\.root: .*expected pictures in img_align_celeba/);
    await expect(load(`  root: ${root}\n  images: faces.zip\n`)).rejects.toThrow(
      /x\.yaml:7:11 {2}dataset\.images: expected a folder, a zip/,
    );
    await writePictures('img_align_celeba');
    await expect(load(`  root: ${root}\n  partition: all\n`)).rejects.toThrow(
      /x\.yaml:2:14 {2}attributes\[0\]: expected an attribute of the labels in .*, got "Male"; there are Smiling, Old/,
    );
  });

  it('finds its list and pictures from root, and else beside the file', async () => {
    await writePictures('mine');
    writeFiles(root, { 'lists/l.txt': list, 'data/x.txt': '' });
    const { points } = await load(`  root: ${root}/data\n  partition: all\n  labels: lists/l.txt\n  images: mine\n`);
    const { dataset } = points[0]!.config;
    expect(dataset).toMatchObject({ labels: join(root, 'lists/l.txt'), images: join(root, 'mine') });
    expect(await readSource(await openSource(dataset), 64)).toMatchObject({ codes });
  });

  it.each(['in the wild', 'as CelebAMask-HQ'])('%s says so where dataset.crop would do nothing', async (form) => {
    const [folder, names] =
      form === 'in the wild' ? ['img_celeba', codes.map((code) => nameOf(code))] : ['CelebA-HQ-img', ['0.jpg', '1.jpg']];
    writeFiles(root, {
      'list_attr_celeba.txt': listOf(names),
      'list_bbox_celeba.txt': names.map((name) => `${name} 10 10 60 60`).join('\n'),
      ...Object.fromEntries(names.map((name) => [`${folder}/${name}`, 'a picture'])),
    });
    const here = `  root: ${root}\n  partition: all\n`;
    await expect(load(`${here}  crop: 178\n`)).rejects.toThrow(/x\.yaml:8:9 {2}dataset\.crop: expected .*; leave it out/);
  });
});
