// What facet run, plan and reproduce say of pictures that have changed under the same names, and what run.json keeps of them.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { trainer } from '../helpers/sweep.ts';
import { writeFiles } from '../model/data/coded-pictures.ts';

let workplace: Workplace;
beforeEach(async () => {
  workplace = createWorkplace();
  workplace.env.FACET_TRAINER = trainer('repeatable');
  workplace.env.FACET_CACHE = join(workplace.folder, 'cache');
  const rows = ['file,Male,Young,Old'];
  for (let i = 0; i < 20; i++) {
    writeFiles(join(workplace.folder, 'photos'), { [`${i}.png`]: await grey(i) });
    rows.push(`${i}.png,1,${i % 2},${1 - (i % 2)}`);
  }
  writeFiles(join(workplace.folder, 'photos'), { 'labels.csv': rows.join('\n'), '19.png': 'no picture' });
  writeSweep(1);
});
afterEach(() => workplace.remove());

/** Uncompressed, so that every picture has as many bytes. */
const grey = (level: number): Promise<Buffer> =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: { r: level, g: level, b: level } } })
    .png({ compressionLevel: 0 })
    .toBuffer();
const writeSweep = (seed: number) =>
  writeFileSync(
    join(workplace.folder, 'sweep.yaml'),
    `name: sweep\nattributes: [Male, Young, Old]\ndataset: {source: folder, root: photos, imageSize: 32, maxLeftOut: 0.1}\ntraining: {epochs: 2, batchSize: 4, seed: ${seed}}\n`,
  );
const changePicture = async () => writeFileSync(join(workplace.folder, 'photos', '3.png'), await grey(200));
const runs = () => readExperiment(workplace.results, 'sweep').runs;

it('facet run says before training what little can be learned of, and keeps in run.json what the data were', async () => {
  const { stdout, exitCode } = await workplace.facet('run', 'sweep.yaml');
  expect(exitCode).toBe(0);
  const warnings = [
    'Male: 19 of 19 pictures have it; nothing can be learned of it',
    'Young and Old: every picture has one of them and not the other; one of them is enough',
  ];
  const leftOut = '1 of 20 pictures are unusable and left out: 19.png: no JPEG, PNG, WebP, GIF, TIFF or AVIF picture';
  for (const line of [...warnings, leftOut]) expect(stdout.split('\n')).toContain(line);
  const { data } = runs()[0]!.record!;
  expect(data).toEqual({
    pictures: 19,
    leftOut: 1,
    leftOutReasons: [{ count: 1, example: '19.png: no JPEG, PNG, WebP, GIF, TIFF or AVIF picture' }],
    leftOutFile: expect.stringMatching(/left-out\.txt$/),
    enlarged: 19,
    filesSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    pixelsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    having: { Male: 19, Young: 9, Old: 10 },
    warnings,
  });
  expect(readFileSync(data!.leftOutFile!, 'utf8')).toBe('left out\t19.png\tno JPEG, PNG, WebP, GIF, TIFF or AVIF picture\n');
  writeSweep(2);
  expect((await workplace.facet('run', 'sweep.yaml')).stdout).toContain(leftOut); // also where another process has packed
});

it('a picture that changes within its size is told by the next facet run, and reproduce refuses', async () => {
  await workplace.facet('run', 'sweep.yaml');
  const { id, record } = runs()[0]!;
  await changePicture();
  const plan = await workplace.facet('plan', 'sweep.yaml');
  expect(plan.stdout).toContain('Pictures have changed since they were packed: facet run packs them again.');
  const again = await workplace.facet('run', 'sweep.yaml'); // nothing is left to do
  expect(again.stdout).toContain(`1 run learned from pictures that have changed since, under the same names: ${id}.`);
  const reproduced = await workplace.facet('reproduce', id);
  expect(reproduced.stderr).toMatch(
    /pictures in photos have changed since, under the same names \(content [0-9a-f]{12}, now [0-9a-f]{12}\)/,
  );
  expect(reproduced.exitCode).toBe(2);
  writeSweep(2);
  const other = await workplace.facet('run', 'sweep.yaml');
  expect(other.stdout).toContain('1 of 20 pictures has changed since they were packed; they are packed again.');
  const second = runs().find((run) => run.id !== id)!;
  expect(second.record!.data!.filesSha256).not.toBe(record!.data!.filesSha256);
  expect(second.record!.dataIdentity).toBe(record!.dataIdentity);
  expect((await workplace.facet('reproduce', second.id)).stdout).toMatch(/^pixels {2}.*[0-9a-f]{12}/m);
});

it('reproduce refuses other pictures also where the cache is empty', async () => {
  await workplace.facet('run', 'sweep.yaml');
  await changePicture();
  rmSync(workplace.env.FACET_CACHE!, { recursive: true });
  const { stderr, exitCode } = await workplace.facet('reproduce', runs()[0]!.id);
  expect(stderr).toMatch(/have changed since, under the same names/);
  expect(exitCode).toBe(2);
});

it('a run that goes on keeps the pictures that it began with, and says so', async () => {
  await workplace.facet('run', 'sweep.yaml');
  const { folder, record } = runs()[0]!;
  rmSync(join(folder, 'outcome.json'));
  expect(readdirSync(join(folder, 'checkpoints')).length).toBeGreaterThan(0);
  expect(statSync(join(folder, 'run.json')).isFile()).toBe(true);
  await changePicture();
  const { stdout } = await workplace.facet('run', 'sweep.yaml');
  expect(stdout).toMatch(/^1 run goes on with the pictures of the beginning, as they were packed then; they have changed since: /m);
  expect(runs()[0]!.record!.data).toEqual(record!.data);
});

it('two sweeps that start at once on changed pictures pack them once, learn from the same ones, and leave the cache whole', async () => {
  await workplace.facet('run', 'sweep.yaml');
  const before = runs()[0]!.record!.data!;
  await changePicture();
  const names = ['one', 'two'];
  for (const [i, name] of names.entries()) {
    const text = readFileSync(join(workplace.folder, 'sweep.yaml'), 'utf8');
    writeFileSync(
      join(workplace.folder, `${name}.yaml`),
      text.replace('name: sweep', `name: ${name}`).replace('seed: 1', `seed: ${i + 2}`),
    );
  }
  const ends = await Promise.all(names.map((name) => workplace.facet('run', `${name}.yaml`)));
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const noticed = ends.filter(({ stdout }) => stdout.includes('1 of 20 pictures has changed since they were packed'));
  expect(noticed).toHaveLength(1); // by the one that packs; the other takes what it has made
  const [one, two] = names.map((name) => readExperiment(workplace.results, name).runs[0]!.record!.data!);
  expect(one).toEqual(two);
  expect(one!.filesSha256).not.toBe(before.filesSha256);
  const data = join(workplace.env.FACET_CACHE!, 'data');
  expect(readdirSync(data).filter((name) => /\.tmp$|lease/.test(name))).toEqual([]);
  const report = JSON.parse((await workplace.facet('data', 'one.yaml', '--json')).stdout).data[0];
  expect([report.filesSha256, report.pixelsSha256]).toEqual([one!.filesSha256, one!.pixelsSha256]);
});
