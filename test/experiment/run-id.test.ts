import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRunNamer } from '../../src/experiment/run-id.ts';
import { SWEEPABLE_FIELDS, withFields } from '../../src/experiment/schema/fields.ts';
import { runConfigSchema, type SweepPoint } from '../../src/experiment/schema/schema.ts';
import { HEAD, pointsIn } from './parse-text.ts';

const sha256Hex = (text: string) => createHash('sha256').update(text).digest('hex');
const { nameRun, hashWork } = createRunNamer(sha256Hex);
const idsIn = (text: string, options?: Parameters<typeof pointsIn>[1], data = 'data') =>
  pointsIn(text, options).map((point) => nameRun(point, data));
const hashIn = (text: string, options?: Parameters<typeof pointsIn>[1], data?: string) => idsIn(text, options, data)[0]!.split('-').at(-1);

describe('a run id', () => {
  it('reads as the labels of its axes, in the order of the schema', () => {
    const text =
      'name: x\nsweep:\n  grid:\n    training.seed: [1, 2]\n    model.width: [64]\n    attributes: {five: [Male, Young, Smiling, Eyeglasses, Blond_Hair]}\n';
    expect(idsIn(text)).toEqual([
      expect.stringMatching(/^five-width64-seed1-[0-9a-f]{12}$/),
      expect.stringMatching(/^five-width64-seed2-[0-9a-f]{12}$/),
    ]);
  });

  it('describes a run without axes by attributes, width and seed', () => {
    expect(idsIn(`${HEAD}model: {width: 64}\ntraining: {seed: 7}\n`)).toEqual([expect.stringMatching(/^a2-w64-s7-[0-9a-f]{12}$/)]);
  });

  it('is safe as a file name and a URL segment, whatever the labels', () => {
    const names = ['../../etc', 'a/b\\c', '...', 'Ünï', '%2e%2e', 'x'.repeat(60), '-', 'CON', ' '];
    const values = names.map((name, i) => `${JSON.stringify(name)}: ${i}`).join(', ');
    for (const id of idsIn(`${HEAD}sweep: {grid: {training.seed: {${values}}}}\n`)) {
      expect(id).toMatch(/^[a-z0-9][a-z0-9.-]*-[0-9a-f]{12}$/);
      expect(id).not.toContain('..');
      expect(id.length).toBeLessThanOrEqual(48 + 13);
    }
  });

  it('is the same for the same work, however it is written', () => {
    const one = idsIn('name: x\nattributes: [Male, Young]\nmodel: {width: 64, latentSize: 10}\ntraining: {learningRate: 0.0001}\n');
    const other = idsIn('# a comment\nextends: b.yaml\ntraining:\n  learningRate: 1e-4\nname: y\ndescription: else\nmodel: {width: 64}\n', {
      files: { 'b.yaml': 'attributes: [Male, Young]\nmodel: {latentSize: 10, width: 32}\n' },
    });
    expect(other).toEqual(one);
    expect(
      idsIn(`${HEAD}training: {seed: 1}\n`, { overrides: ['model.width=64', 'model.latentSize=10', 'training.learningRate=0.0001'] }),
    ).toEqual(one);
  });

  it('does not depend on names, paths, checkpoints or how the runs are carried out', () => {
    const plain = hashIn(`${HEAD}dataset: {source: celeba, root: a}\n`);
    expect(
      hashIn(`${HEAD}dataset: {source: celeba, root: b, maxLeftOut: 0.5}\ncheckpoint: {keep: 9}\nexecution: {parallel: 4, retries: 2}\n`),
    ).toBe(plain);
    expect(hashIn(`${HEAD}dataset: {source: celeba, root: b}\nsweep: {grid: {attributes: {named: [Male, Young]}}}\n`)).toBe(plain);
  });

  it.each([
    ['another seed', 'training: {seed: 2}\n'],
    ['another width', 'model: {width: 64}\n'],
    ['other pictures', 'dataset: {seed: 2}\n'],
    ['rotations', 'augmentation: {rotations: [90]}\n'],
    ['another probability of rotations', 'augmentation: {rotations: [90], rotationProbability: 0.5}\n'],
    ['another rate for one of the networks', 'training: {discriminatorLearningRate: 0.0001}\n'],
  ])('changes with %s', (_what, line) => {
    expect(hashIn(`${HEAD}${line}`)).not.toBe(hashIn(HEAD));
  });

  it.each([
    ['phrases of its own', 'dataset: {phrases: {Bald: [hairless]}}\n'],
    ['no look at the losses', 'training: {stopDiverged: false}\n'],
    ['other samples', 'samples: {rows: 4, every: 3, conditions: [[Male]]}\n'],
    ['a probability of rotations that there are none of', 'augmentation: {rotationProbability: 0.5}\n'],
    ['the rate of both networks written twice', 'training: {discriminatorLearningRate: 0.0002}\n'],
  ])('stays with %s', (_what, line) => {
    expect(hashIn(`${HEAD}${line}`)).toBe(hashIn(HEAD));
  });

  it('covers every field that a sweep can set, but for those that change no weights', () => {
    const withoutEffect = [
      'dataset.root',
      'dataset.labels',
      'augmentation.rotationProbability',
      'samples.every',
      'samples.rows',
      'samples.conditions',
      'model.preset',
      'training.stopDiverged',
    ];
    const [{ config }] = pointsIn(HEAD) as [SweepPoint];
    const hashes = new Map<string, string>([[hashWork(config, 'data'), 'the file as it is']]);
    expect(Object.keys(OTHER_VALUES).sort()).toEqual([...SWEEPABLE_FIELDS.keys()].sort());
    for (const [field, value] of Object.entries(OTHER_VALUES)) {
      expect(SWEEPABLE_FIELDS.get(field)!.safeParse(value).success, field).toBe(true);
      const hash = hashWork(withFields(config, [{ field, value }]), 'data');
      if (withoutEffect.includes(field)) expect(hash, field).toBe(hashWork(config, 'data'));
      else expect(hashes.get(hash), field).toBeUndefined();
      hashes.set(hash, field);
    }
  });

  describe('when the schema grows', () => {
    const { training, model } = runConfigSchema.shape;
    const mood = z.enum(['calm', 'wild']).default('calm').describe('Of a later version.').meta({ before: 'calm' });
    const grow = (byDefault: 'calm' | 'wild') =>
      runConfigSchema.extend({
        training: training
          .unwrap()
          .extend({ mood: mood.unwrap().default(byDefault).meta({ before: 'calm' }) })
          .prefault({}),
        model: model
          .unwrap()
          .extend({ norms: z.array(z.string()).default([]).meta({ before: [] }) })
          .prefault({}),
        teacher: z.strictObject({ weight: z.number().default(0).meta({ before: 0 }) }).prefault({}),
      });
    const hashGrown = (config: object, byDefault: 'calm' | 'wild' = 'calm') => {
      const schema = grow(byDefault);
      return createRunNamer(sha256Hex, schema).hashWork(schema.parse(config), 'data');
    };

    it('by a field or a section with a default, moves no id', () => {
      for (const { config } of pointsIn(`${HEAD}sweep: {grid: {training.seed: [1, 2], model.width: [8, 16]}}\n`))
        expect(hashGrown(config)).toBe(hashWork(config, 'data'));
    });

    it('differs where the new field has another value than runs had before', () => {
      const [{ config }] = pointsIn(HEAD) as [SweepPoint];
      const others = [
        hashGrown({ ...config, training: { ...config.training, mood: 'wild' } }),
        hashGrown({ ...config, model: { ...config.model, norms: ['spectral'] } }),
        hashGrown({ ...config, teacher: { weight: 1 } }),
      ];
      expect(new Set([...others, hashWork(config, 'data')]).size).toBe(4);
    });

    it('follows the value and not where it comes from, once the default of the new field changes', () => {
      const [{ config }] = pointsIn(HEAD) as [SweepPoint];
      const wild = hashGrown({ ...config, training: { ...config.training, mood: 'wild' } });
      expect(hashGrown(config, 'wild')).toBe(wild);
      expect(hashGrown({ ...config, training: { ...config.training, mood: 'calm' } }, 'wild')).toBe(hashWork(config, 'data'));
    });
  });

  it('changes with the data, and with the order of the attributes', () => {
    expect(hashIn(HEAD, {}, 'other data')).not.toBe(hashIn(HEAD));
    expect(hashIn('name: x\nattributes: [Young, Male]\n')).not.toBe(hashIn(HEAD));
  });

  it('never changes with a version of Facet: results are found by it', () => {
    expect(idsIn(`${HEAD}dataset: {images: 500, drawings: 1}\nmodel: {width: 64}\n`)).toEqual(['a2-w64-s1-a590718b7414']);
  });

  it('does not depend on which runs are named before it', () => {
    const points = pointsIn(
      `${HEAD}sweep: {grid: {dataset.images: [500, 600], attributes: [[Male], [Young]], training.seed: [1, 2], model.width: [16, 32]}}\n`,
    );
    const alone = points.map((point) => createRunNamer(sha256Hex).nameRun(point, 'data'));
    expect(points.map((point) => nameRun(point, 'data'))).toEqual(alone);
    expect(points.toReversed().map((point) => nameRun(point, 'data'))).toEqual(alone.toReversed());
  });

  it('differs between all runs of a large sweep', () => {
    const ids = idsIn(
      `${HEAD}sweep: {random: {samples: 5000, training.seed: {min: 0, max: 4294967295}, training.learningRate: {min: 0.00001, max: 0.1}}}\n`,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** For each field another value than a file without it has. A new field needs its line here. */
const OTHER_VALUES: Record<string, unknown> = {
  'dataset.source': 'celeba',
  'dataset.root': 'elsewhere',
  'dataset.images': 500,
  'dataset.seed': 2,
  'dataset.partition': 'all',
  'dataset.labels': 'other.csv',
  'dataset.limit': 100,
  'dataset.imageSize': 32,
  'dataset.crop': 100,
  attributes: ['Young', 'Male'],
  'augmentation.horizontalFlip': false,
  'augmentation.rotations': [90],
  'augmentation.rotationProbability': 0.5,
  'dataset.heldOut': 0.1,
  'dataset.drawings': 1,
  'model.latentSize': 50,
  'model.width': 64,
  'training.epochs': 9,
  'training.batchSize': 64,
  'training.learningRate': 0.001,
  'training.discriminatorLearningRate': 0.001,
  'training.learningRateSchedule': 'linear',
  'training.adamBeta1': 0.9,
  'training.adamBeta2': 0.9,
  'training.precision': 'bfloat16',
  'training.seed': 2,
  'model.preset': 'modern',
  'model.spectralNorm': true,
  'model.discriminatorLabels': 'projection',
  'model.conditionalNorm': true,
  'model.auxiliaryWeight': 0.5,
  'model.upsampling': 'resize',
  'training.loss': 'hinge',
  'training.emaDecay': 0.999,
  'training.labelSmoothing': 0.1,
  'training.balancedSampling': 0.5,
  'training.diffAugment': ['translation'],
  'training.discriminatorSteps': 2,
  'training.stopDiverged': false,
  'samples.every': 2,
  'samples.rows': 4,
  'samples.conditions': [['Male']],
};
