// facet data, and what facet plan says of data that are packed.

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeLabelledFolder } from '../helpers/labelled-folder.ts';

let workplace: Workplace;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.env.FACET_CACHE = join(workplace.folder, 'cache');
  await writeLabelledFolder(join(workplace.folder, 'photos'), 20);
  writeFileSync(join(workplace.folder, 'photos', '19.png'), '');
  writeFileSync(
    join(workplace.folder, 'own.yaml'),
    'name: own\nattributes: [Bright]\ndataset: {source: folder, root: photos, imageSize: 64, maxLeftOut: 0.1}\ntraining: {batchSize: 4}\n',
  );
});
afterEach(() => workplace.remove());

it('facet data packs, tells what is there, and draws a contact sheet', async () => {
  const { stdout, exitCode } = await workplace.facet('data', 'own.yaml', '--sheet');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Packing photos at 64x64: 20 of 20');
  expect(stdout).toContain('photos at 64x64: 19 pictures');
  expect(stdout).toContain('1 of 20 pictures left out\n    1 such as 19.png: an empty file\n  all listed in ');
  expect(stdout).toContain('19 pictures smaller than 64x64: enlarged');
  expect(stdout).toMatch(/^Bright +used +9 {2}47\.4 %/m);
  expect(stdout).toMatch(/^Red +9 {2}47\.4 %/m);
  expect(stdout).toContain('Contact sheet: own-data.png');
  const { width, height, format } = await sharp(join(workplace.folder, 'own-data.png')).metadata();
  expect({ width, height, format }).toEqual({ width: 5 * 66 + 2, height: 4 * 66 + 2, format: 'png' });
  expect(existsSync(workplace.results)).toBe(false);
});

it('facet data --json prints JSON alone, also while it packs', async () => {
  const { stdout } = await workplace.facet('data', 'own.yaml', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    format: 1,
    experiment: 'own',
    data: [
      {
        pictures: 19,
        imageSize: 64,
        enlarged: 19,
        used: ['Bright'],
        sheet: null,
        leftOut: { count: 1, kinds: [{ count: 1, example: { name: '19.png', reason: 'an empty file' } }] },
        attributes: [
          { name: 'Bright', having: 9, note: null },
          { name: 'Red', having: 9, note: null },
        ],
        duplicates: [],
      },
    ],
  });
});

it('facet data refuses what is no picture file in one line, and data that will not do', async () => {
  const wrong = await workplace.facet('data', 'own.yaml', '--sheet', 'sheet.jpg');
  expect(wrong).toMatchObject({ exitCode: 2, stderr: '--sheet: expected a file that ends in .png, got "sheet.jpg"' });
  const strict = await workplace.facet('data', 'own.yaml', '--set', 'dataset.maxLeftOut=0.01');
  expect(strict.exitCode).toBe(2);
  expect(strict.stderr).toMatch(
    /^photos: 1 of .*20 pictures are unusable, more than 1 % of all: 19\.png: an empty file; .* dataset\.maxLeftOut$/,
  );
});

it('facet plan tells of data that are packed, and neither packs nor writes', async () => {
  const cold = await workplace.facet('plan', 'own.yaml');
  expect(cold.stdout).not.toContain('19 pictures');
  expect(existsSync(join(workplace.folder, 'cache', 'data'))).toBe(false);
  await workplace.facet('data', 'own.yaml');
  const [packed] = readdirSync(join(workplace.folder, 'cache', 'data'));
  rmSync(join(workplace.folder, 'cache', 'data', packed!, 'left-out.txt'));
  const { stdout } = await workplace.facet('plan', 'own.yaml');
  expect(stdout).toContain('photos at 64x64: 19 pictures, 1 left out, 19 smaller than 64x64.');
  expect(readdirSync(join(workplace.folder, 'cache', 'data', packed!))).not.toContain('left-out.txt');
  writeFileSync(join(workplace.folder, 'photos', '19.png'), ''); // touched: the same content
  expect((await workplace.facet('plan', 'own.yaml')).stdout).not.toContain('have changed');
  const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } });
  await picture.png().toFile(join(workplace.folder, 'photos', 'red.png'));
  const rows = Array.from({ length: 20 }, (_, i) => `${i}.png,${i % 2},${i < 9 ? 1 : 0}`);
  writeFileSync(join(workplace.folder, 'photos', 'labels.csv'), `file,Bright,Red\n${rows.join('\n')}\n`);
  expect((await workplace.facet('plan', 'own.yaml')).stdout).not.toContain('19 pictures'); // others by name or label: not packed yet
});
