import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunNamer } from '../../src/experiment/run-id.ts';
import { getField, SWEEPABLE_FIELDS } from '../../src/experiment/schema/fields.ts';
import type { RunConfig } from '../../src/experiment/schema/schema.ts';
import { liftConfig } from '../../src/experiment/schema/values-before.ts';
import { readRun } from '../../src/results/read.ts';
import { configIn, HEAD, pointsIn } from './parse-text.ts';

const { nameRun, hashWork } = createRunNamer((text) => createHash('sha256').update(text).digest('hex'));
const root = join(import.meta.dirname, '../..');

/** Computed by commit a009e7d, which was the last one without fields that came after format 1. Never change them. */
const IDS_OF_FORMAT_1: [text: string, ids: string[]][] = [
  [
    `name: x
dataset: {source: celeba, root: d, limit: 5000, partition: all, crop: 150, imageSize: 128}
attributes: [Young, Male]
augmentation: {rotations: [90, 180], rotationProbability: 0.3, horizontalFlip: false}
model: {width: 32, latentSize: 16}
training: {epochs: 3, batchSize: 7, learningRate: 0.001, discriminatorLearningRate: 0.0004, learningRateSchedule: linear, adamBeta1: 0, adamBeta2: 0.9, precision: bfloat16, seed: 9}
samples: {every: 2}
`,
    ['a2-w32-s9-2c2a373adc9e'],
  ],
  [
    `name: x
dataset: {images: 700, seed: 3, drawings: 1}
attributes: [Male]
sweep:
  random: {samples: 4, training.learningRate: {min: 0.0001, max: 0.01, scale: log}, model.width: {min: 8, max: 64}}
`,
    [
      'width8-learningrate0.00569104-03a45b9c54ea',
      'width32-learningrate0.00026657-225e740381ea',
      'width16-learningrate0.00178142-73cb1a72e215',
      'width32-learningrate0.00013853-fcd7b539d676',
    ],
  ],
  [
    'name: x\ndataset: {source: folder, root: d}\nattributes: [Male, Young]\nmodel: {width: 64}\ntraining: {epochs: 400, batchSize: 16}\n',
    ['a2-w64-s1-e2aa4f60aa71'],
  ],
];

describe('ids of runs of former versions', () => {
  it.each(IDS_OF_FORMAT_1)('stay: %s', (text, ids) => {
    expect(pointsIn(text, { attributesOf: () => ({ names: ['Male', 'Young'] }) }).map((point) => nameRun(point, 'data'))).toEqual(ids);
  });

  it.each([
    ['article', ['two-96c01a907965', 'five-3c3a0462c4ac', 'ten-73fc89163f07']],
    ['celeba/attr-sweep', ['two-395b9689882e', 'five-758b2f4b93e4', 'ten-ce71d1fb6b05', 'forty-40ee6787fa6f']],
  ])('stay for experiments/%s.yaml, which asks for the article, where it draws the faces of then', (file, ids) => {
    const text = readFileSync(join(root, `experiments/${file}.yaml`), 'utf8');
    const overrides = text.includes('synthetic') ? ['dataset.drawings=1'] : [];
    expect(pointsIn(text, { overrides }).map((point) => nameRun(point, 'data'))).toEqual(ids);
  });
});

describe('the configuration of a run.json that lacks later fields', () => {
  const folder = join(root, 'test/fixtures/results/format-1/tiny/seed1-85e7053eb0bf');

  it('reads with the values that runs had before: the article, with the faces as they were drawn', () => {
    const { config } = readRun(folder).record!;
    const today = configIn(`${HEAD}dataset: {images: 8, imageSize: 32, drawings: 1}\ntraining: {batchSize: 4}\n`);
    expect(config.dataset).toEqual(today.dataset);
    expect(config.model).toEqual({ ...today.model, width: 8, latentSize: 2 });
    expect(config.evaluation).toEqual(today.evaluation);
    for (const field of SWEEPABLE_FIELDS.keys()) {
      const isMissing = getField(config, field) === undefined;
      expect(isMissing, field).toBe(getField(today, field) === undefined);
    }
  });

  it('has the hash that it had', () => {
    const written = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { config: RunConfig; dataIdentity: string };
    expect(written.config.model).toEqual({ width: 8, latentSize: 2 });
    for (const config of [written.config, liftConfig(written.config)]) expect(hashWork(config, written.dataIdentity)).toBe('4081adb70500');
  });

  it('gets no field that its source of pictures does not have, and keeps what it says itself', () => {
    const folderConfig = configIn(
      `${HEAD}dataset: {source: folder, root: d, heldOut: 0.2}\nmodel: {preset: modern}\nevaluation: {every: 3}\n`,
      {
        attributesOf: () => ({ names: ['Male', 'Young'] }),
      },
    );
    expect(liftConfig(folderConfig)).toEqual(folderConfig);
    const { heldOut: _, ...dataset } = folderConfig.dataset;
    expect(liftConfig({ ...folderConfig, dataset }).dataset).toEqual({ ...dataset, heldOut: 0 });
  });
});
