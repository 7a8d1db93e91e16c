import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { getField, SWEEPABLE_FIELDS } from '../../src/experiment/schema/fields.ts';
import { readRange } from '../../src/experiment/sweep/draw.ts';
import { formatFault } from '../../src/experiment/user-error.ts';
import { readYaml } from '../../src/experiment/yaml/read-yaml.ts';
import type { YamlMap } from '../../src/experiment/yaml/yaml-node.ts';
import { faultsIn, HEAD, labelsIn, parseText, pointsIn } from './parse-text.ts';

describe('a sweep', () => {
  it('is one run of the file itself where there is nothing to vary', () => {
    for (const sweep of ['', 'sweep:\n', 'sweep: {}\n', 'sweep: {grid: {}}\n', 'sweep:\n  grid:\n  zip:\n  exclude:\n']) {
      const points = pointsIn(`${HEAD}${sweep}`);
      expect(points).toHaveLength(1);
      expect(points[0]!.axes).toEqual({});
    }
  });

  it('combines the axes of a grid in file order, the last one fastest', () => {
    const text = `${HEAD}sweep:\n  grid:\n    training.seed: [3, 1]\n    attributes: {two: [Male, Young], one: [Bald]}\n`;
    expect(labelsIn(text)).toEqual(['3 two', '3 one', '1 two', '1 one']);
    expect(pointsIn(text).map(({ config }) => [config.training.seed, config.attributes])).toEqual([
      [3, ['Male', 'Young']],
      [3, ['Bald']],
      [1, ['Male', 'Young']],
      [1, ['Bald']],
    ]);
  });

  it('moves zipped axes together, each group being one more axis', () => {
    const text = `${HEAD}sweep:\n  zip:\n    - {model.width: [64, 128], training.learningRate: [4e-4, 2e-4]}\n    - {training.epochs: [1, 2]}\n  grid: {training.seed: [1, 2]}\n`;
    expect(labelsIn(text)).toEqual([
      '1 64 4e-4 1',
      '1 64 4e-4 2',
      '1 128 2e-4 1',
      '1 128 2e-4 2',
      '2 64 4e-4 1',
      '2 64 4e-4 2',
      '2 128 2e-4 1',
      '2 128 2e-4 2',
    ]);
    expect(pointsIn(text)[2]!.config).toMatchObject({ model: { width: 128 }, training: { learningRate: 0.0002, epochs: 1, seed: 1 } });
  });

  it('varies nested fields without touching their neighbours', () => {
    const text = `${HEAD}training: {epochs: 3}\nsweep: {grid: {training.seed: [1, 2], training.adamBeta1: [0, 0.5]}}\n`;
    for (const { config } of pointsIn(text)) expect(config.training).toMatchObject({ epochs: 3, batchSize: 128 });
  });

  it('drops runs that are the same, keeping the first', () => {
    expect(labelsIn(`${HEAD}sweep: {grid: {attributes: {a: [Male], b: [Bald], c: [Male]}}}\n`)).toEqual(['a', 'b']);
    expect(labelsIn(`${HEAD}sweep: {grid: {training.epochs: [2, 0x2, 2.0]}}\n`)).toEqual(['2']);
    expect(labelsIn(`${HEAD}sweep: {grid: {dataset.images: [null, 12000, 500]}}\n`)).toEqual(['default', '500']);
    expect(
      labelsIn(`${HEAD}sweep: {zip: [{training.seed: [1, 2, 1]}], include: [{training.seed: 2}, {training.seed: 1, model.width: 512}]}\n`),
    ).toEqual(['1', '2']);
  });

  it('takes null for the default of a field', () => {
    const text = `${HEAD}dataset: {images: 300}\nsweep: {zip: [{dataset.source: [synthetic, celeba], dataset.images: [300, null], dataset.root: [null, d]}]}\n`;
    expect(pointsIn(text).map(({ config }) => config.dataset)).toEqual([
      { source: 'synthetic', images: 300, seed: 1, imageSize: 64, drawings: 2 },
      { source: 'celeba', root: 'd', partition: 'train', crop: 178, imageSize: 64, heldOut: 0 },
    ]);
  });
});

describe('labels of a sweep', () => {
  it('are the names of values, and otherwise what the author wrote', () => {
    expect(labelsIn(`${HEAD}sweep: {grid: {training.learningRate: [2e-4, 0.001]}}\n`)).toEqual(['2e-4', '0.001']);
    expect(labelsIn(`${HEAD}sweep: {grid: {training.precision: {half: bfloat16, full: float32}}}\n`)).toEqual(['half', 'full']);
    expect(labelsIn(`${HEAD}sweep: {grid: {augmentation.horizontalFlip: [true, false]}}\n`)).toEqual(['true', 'false']);
    expect(labelsIn(`${HEAD}sweep: {grid: {augmentation.rotations: [[], [90, 180]]}}\n`)).toEqual(['none', '90+180']);
    expect(labelsIn(`${HEAD}sweep: {grid: {attributes: [[Bald], [Male, Young]]}}\n`)).toEqual(['Bald', 'Male+Young']);
  });

  it('stay short and different for long lists', () => {
    const ten = '[Bald, Black_Hair, Blond_Hair, Brown_Hair, Gray_Hair, Male, No_Beard, Straight_Hair, Wavy_Hair, Young]';
    const labels = labelsIn(`${HEAD}sweep: {grid: {attributes: [${ten}, ${ten.replace('Young', 'Bangs')}]}}\n`);
    expect(labels).toEqual(['Bald+Black_Hair+Blond_Hair+7 more', 'Bald+Black_Hair+Blond_Hair+7 more #2']);
  });
});

describe('exclude and include', () => {
  const grid = 'grid: {attributes: {one: [Bald], two: [Male, Young]}, model.width: [64, 128]}';

  it.each([
    ['{attributes: one, model.width: 64}', ['one 128', 'two 64', 'two 128']],
    ['{attributes: [Male, Young]}', ['one 64', 'one 128']],
    ['{model.width: 1.28e2}', ['one 64', 'two 64']],
    ['{attributes: one}, {model.width: 64}', ['two 128']],
  ])('leaves out the points that match all of %s', (exclude, left) => {
    expect(labelsIn(`${HEAD}sweep: {${grid}, exclude: [${exclude}]}\n`)).toEqual(left);
  });

  it('adds points, taking what they do not name from the file', () => {
    const text = `${HEAD}model: {width: 32}\nsweep: {${grid}, exclude: [{attributes: one}], include: [{attributes: one}, {model.width: 256}, {training.epochs: 2}]}\n`;
    expect(pointsIn(text).map(({ axes }) => axes)).toEqual([
      { attributes: 'two', 'model.width': '64' },
      { attributes: 'two', 'model.width': '128' },
      { attributes: 'one', 'model.width': '32' },
      { attributes: 'two', 'model.width': '256' },
      { attributes: 'two', 'model.width': '32', 'training.epochs': '2' },
    ]);
  });

  it('runs only the included points where there is nothing to combine', () => {
    expect(labelsIn(`${HEAD}sweep: {include: [{model.width: 64, training.seed: 2}, {model.width: 8}]}\n`)).toEqual(['64 2', '8']);
  });

  it('takes attributes from the points where the file has none', () => {
    expect(labelsIn('name: x\nsweep: {include: [{attributes: [Bald]}]}\n')).toEqual(['Bald']);
    expect(faultsIn('name: x\nsweep:\n  include:\n    - {attributes: [Bald]}\n    - {model.width: 64}\n')).toEqual([
      'x.yaml:5:7  attributes: expected a list of attributes, here or as an axis of the sweep, got nothing',
    ]);
  });

  it.each([
    ['exclude: [{attributes: tow}]', ['expected a list of 1 to 256 attributes, got "tow"; did you mean "two"?']],
    ['exclude: [{model.width: 256}]', ['x.yaml:3:112  sweep.exclude[0].model.width: expected a value of this axis (64 or 128), got 256']],
    ['exclude: [{model.width: 65}]', ['expected a whole number from 8 to 2048, a multiple of 8, got 65']],
    ['exclude: [{training.seed: 1}]', ['expected an axis of this sweep, got "training.seed"; there are attributes, model.width']],
    ['exclude: [{modl.width: 64}]', ['expected a field that a sweep can set, got "modl.width"; did you mean "model.width"?']],
    ['exclude: [{}]', ['expected a value for at least one axis, got none']],
    ['include: [{model.width: x}]', ['expected a whole number from 8 to 2048, a multiple of 8, got "x"']],
    ['include: [{execution.retries: 3}]', ['got "execution.retries"; nothing under execution changes a result']],
    ['include: {model.width: 64}', ['sweep.include: expected a list of points, each a map of fields to one value, got a map']],
    ['exclude: [{model.width: 64}, {model.width: 128}]', ['x.yaml:3:1  sweep.exclude: expected at least one run to be left, got none']],
  ])('says what is wrong with %s', (points, faults) => {
    expect(faultsIn(`${HEAD}sweep: {${grid}, ${points}}\n`)).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });
});

describe('random axes', () => {
  const random = (axes: string, samples = 50) => `${HEAD}sweep: {random: {samples: ${samples}, seed: 7, ${axes}}}\n`;

  it('draw numbers inside the range, spread over it', () => {
    const rates = pointsIn(random('training.learningRate: {min: 0.00001, max: 0.1, scale: log}', 400)).map(
      ({ config }) => config.training.learningRate,
    );
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.00001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    for (const decade of [-5, -4, -3, -2]) {
      const share = rates.filter((rate) => Math.floor(Math.log10(rate)) === decade).length / rates.length;
      expect(share).toBeGreaterThan(0.15);
      expect(share).toBeLessThan(0.35);
    }
    const uniform = pointsIn(random('training.adamBeta1: {min: 0.2, max: 0.6}', 400)).map(({ config }) => config.training.adamBeta1);
    expect(uniform.reduce((sum, value) => sum + value, 0) / uniform.length).toBeCloseTo(0.4, 1);
  });

  it('draw only what the field can take', () => {
    for (const scale of ['linear', 'log']) {
      const points = pointsIn(
        random(`model.width: {min: 8, max: 64, scale: ${scale}}, training.batchSize: {min: 2, max: 9, scale: ${scale}}`, 500),
      );
      expect(new Set(points.map(({ config }) => config.model.width))).toEqual(new Set([8, 16, 24, 32, 40, 48, 56, 64]));
      expect(new Set(points.map(({ config }) => config.training.batchSize))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]));
    }
  });

  it.each([
    ['dataset.imageSize: {min: 32, max: 128}', 'dataset.imageSize: expected a list of values, [32, 64, 128], got a range'],
    ['training.precision: {min: 1, max: 2}', 'training.precision: expected a list of values, [float32, tf32, bfloat16], got a range'],
    ['augmentation.horizontalFlip: {min: 0, max: 1}', 'augmentation.horizontalFlip: expected a list of values, [true, false], got a range'],
    ['dataset.root: {min: 0, max: 1}', 'dataset.root: expected a list of values, each text, got a range'],
    [
      'augmentation.rotations: {min: 90, max: 270}',
      'augmentation.rotations: expected a list of values, each a list of angles of 90, 180 or 270, got a range',
    ],
    [
      'samples.conditions: {min: 1, max: 2}',
      'samples.conditions: expected a list of values, each auto, or a list of 1 to 64 conditions, got a range',
    ],
  ])('refuse a range over a field that is no plain number: %s', (axis, fault) => {
    expect(faultsIn(random(axis))).toEqual([expect.stringMatching(/^x\.yaml:3:\d+ {2}sweep\.random\./)]);
    expect(faultsIn(random(axis))[0]).toContain(`sweep.random.${fault}`);
  });

  it('give every field only what it can take, whatever the range', () => {
    const ranges = [
      [0.5, 3],
      [2, 9],
      [8, 64],
      [32, 128],
      [0.001, 0.9],
    ];
    let drawn = 0;
    for (const [field, schema] of SWEEPABLE_FIELDS) {
      for (const [min, max] of ranges) {
        for (const setting of ['', ', scale: log', ', integer: true']) {
          const result = parseText(random(`${field}: {min: ${min}, max: ${max}${setting}}`, 20));
          if (!result.ok) continue;
          for (const { config } of result.experiment.points) {
            drawn++;
            expect(schema.safeParse(getField(config, field)).success, `${field} ${min} ${max}${setting}`).toBe(true);
          }
        }
      }
    }
    expect(drawn).toBeGreaterThan(1000);
  });

  it('are checked one by one: a value that the field cannot take is a fault, not a run', () => {
    const even = z
      .number()
      .min(0)
      .max(10)
      .refine((value) => value % 2 === 0);
    const node = readYaml({ file: 'x.yaml', text: '{min: 0, max: 10}' }).node as YamlMap;
    const range = readRange({ field: 'some.field', schema: even, node, path: ['sweep', 'random', 'some.field'] }, 1);
    const { values, faults } = 'draw' in range ? range.draw(5) : { values: [], faults: range.faults };
    expect(values).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(formatFault(faults[0]!)).toMatch(
      /^x\.yaml:1:1 {2}sweep\.random\.some\.field: expected a number from 0 to 10, got \d\S+, drawn from this range; list the values$/,
    );
  });

  const rangeOver = (schema: z.ZodType, text: string) => {
    const node = readYaml({ file: 'x.yaml', text }).node as YamlMap;
    return readRange({ field: 'some.field', schema, node, path: ['some', 'field'] }, 1);
  };

  it('refuse a range over a field that takes one kind of number or another', () => {
    const share = z.union([z.int().min(0).max(16), z.number().min(0.01).max(0.5)]).default(1);
    expect(rangeOver(share, '{min: 0.1, max: 2}')).toEqual({
      faults: [
        expect.objectContaining({ message: expect.stringContaining('expected a list of values, each a whole number from 0 to 16 or') }),
      ],
    });
  });

  it('draw whole multiples where both are asked for', () => {
    const range = rangeOver(z.number().multipleOf(0.75), '{min: 0, max: 9, integer: true}');
    if (!('draw' in range)) throw new Error('refused');
    const { values, faults } = range.draw(100);
    expect(faults).toEqual([]);
    expect(new Set(values.map(({ value }) => value))).toEqual(new Set([0, 3, 6, 9]));
  });

  it('draw from lists and named values too', () => {
    expect(new Set(labelsIn(random('attributes: {one: [Bald], two: [Male, Young]}, training.seed: [4, 5]')))).toEqual(
      new Set(['one 4', 'one 5', 'two 4', 'two 5']),
    );
  });

  it('are combined with every point of the grid', () => {
    const text = `${HEAD}sweep: {grid: {training.seed: [1, 2]}, random: {samples: 3, training.adamBeta1: {min: 0, max: 0.9}}}\n`;
    const labels = labelsIn(text);
    expect(labels).toHaveLength(6);
    expect(labels.slice(0, 3).map((label) => label.replace(/^1/, '2'))).toEqual(labels.slice(3));
  });

  it('keep what was drawn when samples or axes are added', () => {
    const few = labelsIn(random('training.adamBeta1: {min: 0, max: 0.9}', 5));
    expect(labelsIn(random('training.adamBeta1: {min: 0, max: 0.9}', 8)).slice(0, 5)).toEqual(few);
    const more = pointsIn(random('training.seed: {min: 0, max: 4000000000}, training.adamBeta1: {min: 0, max: 0.9}', 5));
    expect(more.map(({ axes }) => axes['training.adamBeta1'])).toEqual(few);
    expect(labelsIn(random('training.adamBeta1: {min: 0, max: 0.9}', 5).replace('seed: 7', 'seed: 8'))).not.toEqual(few);
  });

  it.each([
    ['training.seed: {min: 5, max: 5}', 'sweep.random.training.seed: expected min below max, got 5 and 5'],
    ['training.adamBeta1: {min: 0, max: 0.9, scale: log}', 'expected min above 0 for scale log, got 0'],
    ['training.learningRate: {min: 0.1}', 'sweep.random.training.learningRate.max: expected a number, got nothing'],
    ['training.learningRate: {min: 0.1, max: 7}', 'sweep.random.training.learningRate.max: expected a number above 0 and at most 1, got 7'],
    ['training.learningRate: {min: 0.1, max: 0.2, scale: lg}', 'training.learningRate.scale: expected linear or log, got "lg"'],
    [
      'training.learningRate: {min: 0.1, max: 0.2, step: 1}',
      'expected a setting of sweep.random.training.learningRate, got "step"; there are min, max, scale, integer',
    ],
    ['training.adamBeta1: {min: 0.2, max: 0.8, integer: true}', 'expected a range with a multiple of 1 in it, got 0.2 to 0.8'],
    ['training.seed: 5', 'expected a range {min, max}, a list of values, or a map of names to values'],
    ['training.seed: []', 'sweep.random.training.seed: expected at least 1 value, got none'],
    [
      'sampels: 5, training.seed: [1]',
      'sweep.random.sampels: expected samples, seed or a field to draw, got "sampels"; did you mean "samples"?',
    ],
    ['seed2: {min: 1, max: 2}', 'got "seed2"; did you mean "seed"?'],
  ])('says what is wrong with %s', (axes, fault) => {
    expect(faultsIn(random(axes))).toEqual([expect.stringContaining(fault)]);
  });

  it('need a number of samples and something to draw', () => {
    expect(faultsIn(`${HEAD}sweep: {random: {training.seed: [1, 2]}}\n`)).toEqual([
      'x.yaml:3:17  sweep.random.samples: expected a whole number from 1 to 100000, got nothing',
    ]);
    expect(faultsIn(`${HEAD}sweep: {random: {samples: 3}}\n`)).toEqual([
      'x.yaml:3:17  sweep.random: expected at least one field to draw, got none',
    ]);
  });
});

describe('axes', () => {
  it.each([
    ['grid: {seed: [1]}', 'got "seed"; did you mean "dataset.seed" or "training.seed"?'],
    ['grid: {learnRate: [1]}', 'got "learnRate"; did you mean "training.learningRate"?'],
    ['grid: {training: {seed: [1]}}', 'got "training"; name one field of it, such as "training.epochs"'],
    ['grid: {checkpoint.keep: [1]}', 'got "checkpoint.keep"; nothing under checkpoint changes a result'],
    ['grid: {name: [a, b]}', 'got "name"; "name" is the same for the whole experiment'],
    ['grid: {model.width: 64}', 'sweep.grid.model.width: expected a list of at least 1 value, or a map of names to values, got 64'],
    [
      'grid: {model.width: []}',
      'sweep.grid.model.width: expected a list of at least 1 value, or a map of names to values, got an empty list',
    ],
    ['grid: {model.width: {min: 8, max: 64}}', 'got a range, which belongs under sweep.random'],
    [
      'grid: {attributes: [[Male], [Male, Blonde_Hair]]}',
      'x.yaml:3:44  sweep.grid.attributes[1][1]: expected an attribute of CelebA, got "Blonde_Hair"; did you mean "Blond_Hair"?',
    ],
    ['grid: {attributes: {two: [Male, Male]}}', 'sweep.grid.attributes.two[1]: expected each attribute once, got "Male" again'],
    [
      'zip: [{model.width: [8, 16], training.seed: [1]}]',
      'sweep.zip[0]: expected as many values for each axis of the group, got 2 for model.width, 1 for training.seed',
    ],
    ['zip: {model.width: [8]}', 'sweep.zip: expected a list of groups, each a map of fields to their values, got a map'],
    [
      'grid: {training.seed: [1]}, zip: [{training.seed: [1]}]',
      'sweep.zip[0].training.seed: expected one axis for each field, got a second one for training.seed',
    ],
    ['gird: {}', 'sweep.gird: expected a setting of sweep, got "gird"; did you mean "grid"?'],
    ['grid: [1]', 'sweep.grid: expected a map of fields to their values, got a list of 1'],
  ])('says what is wrong with %s', (sweep, fault) => {
    expect(faultsIn(`${HEAD}sweep: {${sweep}}\n`)).toEqual([expect.stringContaining(fault)]);
  });
});
