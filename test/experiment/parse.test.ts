import { describe, expect, it } from 'vitest';
import { formatFault, formatFaults } from '../../src/experiment/user-error.ts';
import { configIn, experimentIn, faultLines, faultsIn, HEAD, parseFixture, pointsIn } from './parse-text.ts';

describe('a valid experiment file', () => {
  it('needs only a name and attributes; everything else has a default', () => {
    expect(experimentIn(HEAD)).toMatchObject({
      name: 'x',
      description: undefined,
      file: 'x.yaml',
      execution: { parallel: 'auto', gpusPerRun: 1, retries: 0 },
    });
    expect(configIn(HEAD)).toEqual({
      dataset: { source: 'synthetic', images: 12_000, seed: 1, imageSize: 64, drawings: 2 },
      attributes: ['Male', 'Young'],
      augmentation: { horizontalFlip: true, rotations: [], rotationProbability: 0.2 },
      model: {
        latentSize: 100,
        width: 512,
        preset: 'article',
        spectralNorm: false,
        discriminatorLabels: 'planes',
        conditionalNorm: false,
        auxiliaryWeight: 0,
        upsampling: 'transposed',
      },
      training: {
        epochs: 8,
        batchSize: 128,
        learningRate: 0.0002,
        learningRateSchedule: 'constant',
        adamBeta1: 0.5,
        adamBeta2: 0.999,
        precision: 'float32',
        seed: 1,
        loss: 'crossEntropy',
        emaDecay: 0,
        labelSmoothing: 0,
        balancedSampling: 0,
        diffAugment: [],
        stopDiverged: true,
        discriminatorSteps: 1,
      },
      samples: { every: 1, rows: 8, conditions: 'auto' },
      evaluation: { oracle: 'auto', pictures: 1000, finalPictures: 10_000, bestBy: 'auto' },
      checkpoint: { keep: 2 },
    });
  });

  it.each([
    ['synthetic', '{source: synthetic}', { source: 'synthetic', images: 12_000, seed: 1, imageSize: 64, drawings: 2 }],
    ['celeba', '{source: celeba, root: d}', { source: 'celeba', root: 'd', partition: 'train', crop: 178, imageSize: 64, heldOut: 0 }],
    ['folder', '{source: folder, root: d}', { source: 'folder', root: 'd', imageSize: 64, heldOut: 0 }],
  ])('resolves the defaults of a %s dataset, and sets nothing that does not apply', (_source, dataset, expected) => {
    expect(configIn(`${HEAD}dataset: ${dataset}\n`, { attributesOf: () => ({ names: ['Male', 'Young'] }) }).dataset).toEqual(expected);
  });

  it('may use every feature at once', () => {
    const result = parseFixture('attr-sweep.yaml');
    expect(faultLines(result)).toEqual([]);
    if (!result.ok) return;
    expect(result.experiment.points).toHaveLength((3 * 3 * 2 - 3) * 20 + 1);
    expect(result.experiment.points[0]!.config.training).toMatchObject({ batchSize: 64, epochs: 8, seed: 1, learningRate: 0.0004 });
    expect(result.experiment.points.at(-1)!.axes).toMatchObject({ attributes: 'two', 'training.seed': '1', 'model.width': '256' });
    expect(result.experiment.execution.timeout).toBe('6h');
  });

  it('may leave a section empty, and drop a field with null', () => {
    expect(configIn(`${HEAD}training:\nmodel: ~\nsweep:\ndataset: {images: null}\n`)).toEqual(configIn(HEAD));
  });
});

describe('faults of an experiment file', () => {
  it('are reported all at once, each with its place, what was expected and what was found', () => {
    const at = 'broken/many-faults.yaml';
    expect(faultLines(parseFixture(at))).toEqual([
      `${at}:2:7  name: expected a name of at most 64 lower-case letters, digits, dots, dashes or underscores, got "Many Faults"`,
      `${at}:5:3  dataset.sorce: expected a setting of dataset, got "sorce"; did you mean "source"?`,
      `${at}:6:14  dataset.imageSize: expected 32, 64 or 128, got "64"; write it without quotes`,
      `${at}:7:11  dataset.images: expected a whole number from 1 to 1000000, or the path of the pictures, got "12_000"; write it without underscores`,
      `${at}:8:20  attributes[1]: expected an attribute of CelebA, got "Blonde_Hair"; did you mean "Blond_Hair"?`,
      `${at}:8:33  attributes[2]: expected each attribute once, got "Male" again`,
      `${at}:9:1  trainng: expected a known setting, got "trainng"; did you mean "training"?`,
      `${at}:11:17  training.learningRate: expected a number above 0 and at most 1, got "fast"`,
      `${at}:12:14  training.batchSize: expected a whole number from 2 to 8192, got 1`,
      `${at}:13:3  training.horizontalFlip: expected a setting of training, got "horizontalFlip"; it belongs under "augmentation"`,
      `${at}:14:1  training.epochs: expected a known setting, got "training.epochs"; write "epochs" under "training"`,
      `${at}:17:3  model.latentSize: expected each key once, got "latentSize" again after line 16`,
      `${at}:19:19  augmentation.horizontalFlip: expected true or false, got "no"; write false`,
      `${at}:20:19  augmentation.rotations[1]: expected 90, 180 or 270, got 45`,
      `${at}:22:23  samples.conditions[0][1]: expected text, got 3; put it in quotes`,
      `${at}:22:36  samples.conditions[1].Young: expected true or false, 1 or 0, got "yes"; write true`,
      `${at}:23:8  samples.rows: expected a whole number from 1 to 64, got nothing`,
      expect.stringContaining(`${at}:24:1  constructor: expected a known setting, got "constructor"`),
      `${at}:27:5  sweep.grid.training.sed: expected a field that a sweep can set, got "training.sed"; did you mean "training.seed"?`,
      `${at}:28:24  sweep.grid.training.seed[1]: expected a whole number from 0 to 4294967295, got "x"`,
      `${at}:29:36  sweep.grid.model.width.odd: expected a whole number from 8 to 2048, a multiple of 8, got 70`,
      `${at}:32:12  execution.timeout: expected a duration such as 90s, 15m, 6h or 2d, at most 24d, got "6 weeks"`,
      'broken/base.yaml:2:14  training.adamBeta1: expected a number of at least 0 and below 1, got 1.5',
    ]);
  });

  it.each([
    ['training: {learningRate: fast}', 'x.yaml:3:26  training.learningRate: expected a number above 0 and at most 1, got "fast"'],
    ['training: {learningRate: 0}', 'x.yaml:3:26  training.learningRate: expected a number above 0 and at most 1, got 0'],
    ['training: [1, 2]', 'x.yaml:3:11  training: expected a map, got a list of 2'],
    ['attributes: Male', 'attributes: expected a list of 1 to 256 attributes, got "Male"'],
    ['attributes: []', 'attributes: expected a list of 1 to 256 attributes, got an empty list'],
    ['attributes: [true]', 'attributes[0]: expected text of at most 100 characters, got true; put it in quotes'],
    [
      'training: {learning_rate: 1}',
      'training.learning_rate: expected a setting of training, got "learning_rate"; did you mean "learningRate"?',
    ],
    ['samples: {conditions: all}', 'samples.conditions: expected auto, or a list of 1 to 64 conditions, got "all"'],
    [
      'samples: {conditions: [7]}',
      'samples.conditions[0]: expected a sentence, a list of attributes, or a map of attributes to true or false, got 7',
    ],
    ['execution: {parallel: many}', 'execution.parallel: expected auto or a whole number from 1 to 1024, got "many"'],
    ['execution: {timeout: 30d}', 'execution.timeout: expected a duration such as 90s, 15m, 6h or 2d, at most 24d, got "30d"'],
    ['sweeps: {}', 'sweeps: expected a known setting, got "sweeps"; did you mean "sweep"?'],
    ['seed: 3', 'seed: expected a known setting, got "seed"; it belongs under "dataset" or "training"'],
    ['model: {width: 64, wdith: 2}', 'model.wdith: expected a setting of model, got "wdith"; did you mean "width"?'],
  ])('says of `%s` what is wrong', (line, fault) => {
    const text = line.startsWith('attributes') ? `name: x\n${line}\n` : `${HEAD}${line}\n`;
    expect(faultsIn(text)).toEqual([expect.stringContaining(fault)]);
  });

  it('asks for a name and for attributes where there are none', () => {
    expect(faultsIn('training: {epochs: 1}\n')).toEqual([
      expect.stringMatching(/^x\.yaml:1:1 {2}name: expected a name .*, got nothing$/),
      'x.yaml:1:1  attributes: expected a list of attributes, here or as an axis of the sweep, got nothing',
    ]);
  });

  it('are cut after 50 lines, with the number of the others', () => {
    const text = `${HEAD}training:\n${Array.from({ length: 60 }, (_, i) => `  key${i}: 1\n`).join('')}`;
    const faults = faultsIn(text);
    expect(faults).toHaveLength(60);
    const lines = formatFaults(faults.map((message, i) => ({ file: 'x.yaml', line: i, column: 1, path: 'p', message })));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('… and 10 more faults');
  });

  it('name only the file where there is no line', () => {
    expect(formatFault({ file: '--set a=1', line: 0, column: 0, path: 'a', message: 'expected b, got a' })).toBe(
      '--set a=1  a: expected b, got a',
    );
    expect(formatFault({ file: 'x.yaml', line: 2, column: 3, path: '', message: 'expected b, got a' })).toBe(
      'x.yaml:2:3  expected b, got a',
    );
  });

  it('leave the axes of the sweep that are sound to be checked', () => {
    const text = `${HEAD}training: {epochs: none}\nsweep:\n  grid:\n    attributes: [[Male], [Yong]]\n    training.seed: [-1]\n`;
    expect(faultsIn(text)).toEqual([
      expect.stringContaining('x.yaml:3:20  training.epochs'),
      'x.yaml:6:27  sweep.grid.attributes[1][0]: expected an attribute of CelebA, got "Yong"; did you mean "Young"?',
      expect.stringContaining('x.yaml:7:21  sweep.grid.training.seed[0]'),
    ]);
  });

  it('count once, however many runs share them', () => {
    const text = `${HEAD.replace('Young', 'Yung')}sweep: {grid: {training.seed: [1, 2, 3, 4]}}\n`;
    expect(faultsIn(text)).toEqual(['x.yaml:2:20  attributes[1]: expected an attribute of CelebA, got "Yung"; did you mean "Young"?']);
    expect(pointsIn(text.replace('Yung', 'Young'))).toHaveLength(4);
  });
});
