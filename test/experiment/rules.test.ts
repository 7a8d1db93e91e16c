import { describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../src/experiment/schema/schema.ts';
import { configIn, faultsIn, HEAD, pointsIn } from './parse-text.ts';

describe('combinations that cannot be meant', () => {
  it.each([
    ['dataset: {source: celeba}', 'x.yaml:3:19  dataset.root: expected the folder of the pictures for dataset.source celeba, got nothing'],
    ['dataset: {source: folder}', 'x.yaml:3:19  dataset.root: expected the folder of the pictures for dataset.source folder, got nothing'],
    [
      'dataset: {source: celeba, root: d, images: 10}',
      'x.yaml:3:44  dataset.images: expected the path of the pictures with dataset.source celeba, got a number',
    ],
    ['dataset: {source: celeba, root: d, seed: 1}', 'dataset.seed: expected it only with dataset.source synthetic, got it with celeba'],
    ['dataset: {labels: l.csv}', 'dataset.labels: expected it only with dataset.source celeba or folder, got it with synthetic'],
    ['dataset: {images: faces.zip}', 'dataset.images: expected a number of faces with dataset.source synthetic, got a path'],
    ['dataset: {limit: 10}', 'dataset.limit: expected it only with dataset.source celeba or folder, got it with synthetic'],
    ['dataset: {crop: 10}', 'dataset.crop: expected it only with'],
    ['dataset: {root: d}', 'dataset.root: expected it only with'],
    ['dataset: {partition: all}', 'dataset.partition: expected it only with dataset.source celeba, got it with synthetic'],
    ['augmentation: {rotations: [90, 270, 90]}', 'x.yaml:3:37  augmentation.rotations[2]: expected each angle once, got 90 again'],
    ['dataset: {images: 100}', 'x.yaml:3:19  training.batchSize: expected at most the 100 pictures of dataset.images, got 128'],
    ['dataset: {source: celeba, root: d, limit: 64}', 'training.batchSize: expected at most the 64 pictures of dataset.limit, got 128'],
    [
      'model: {width: 24}\ndataset: {imageSize: 128}',
      'x.yaml:3:16  model.width: expected a multiple of 16 with dataset.imageSize 128, got 24',
    ],
    [
      'dataset: {heldOut: 0.1}',
      'x.yaml:3:20  dataset.heldOut: expected it only with dataset.source celeba or folder, got it with synthetic',
    ],
    [
      'dataset: {source: celeba, root: d, drawings: 1}',
      'dataset.drawings: expected it only with dataset.source synthetic, got it with celeba',
    ],
    ['dataset: {drawings: 3}', 'dataset.drawings: expected 1 or 2, got 3'],
    [
      'dataset: {source: celeba, root: d, limit: 150, heldOut: 0.2}',
      'training.batchSize: expected at most the 120 pictures that dataset.heldOut leaves of dataset.limit, got 128',
    ],
    [
      'training: {loss: hinge, labelSmoothing: 0.1}',
      'x.yaml:3:41  training.labelSmoothing: expected 0 with training.loss hinge, which has no target to smooth, got 0.1',
    ],
    [
      'model: {preset: modern}\ntraining: {labelSmoothing: 0.1}',
      'x.yaml:4:28  training.labelSmoothing: expected 0 with training.loss hinge',
    ],
    ['training: {diffAugment: [color, cutout, color]}', 'x.yaml:3:41  training.diffAugment[2]: expected each kind once, got color again'],
    [
      'training: {diffAugment: [colour]}',
      'training.diffAugment[0]: expected translation, cutout or color, got "colour"; did you mean "color"?',
    ],
    ['training: {balancedSampling: 2}', 'training.balancedSampling: expected a number from 0 to 1, got 2'],
    ['training: {emaDecay: 1}', 'training.emaDecay: expected a number of at least 0 and below 1, got 1'],
    ['model: {preset: Modern}', 'x.yaml:3:17  model.preset: expected article or modern, got "Modern"; did you mean "modern"?'],
    ['model: {spectralNorm: yes}', 'model.spectralNorm: expected true or false, got "yes"; write true'],
    ['evaluation: {bestBy: lossD}', 'x.yaml:3:22  evaluation.bestBy: expected auto'],
    [
      'evaluation: {oracle: false, bestBy: recall}',
      'x.yaml:3:37  evaluation.bestBy: expected a metric that can be measured, got recall, which evaluation.oracle false leaves out',
    ],
    ['evaluation: {bestBy: rotationAccuracy}', 'got rotationAccuracy, which needs augmentation.rotations'],
    ['evaluation: {bestBy: featuresFrechetDistance}', 'got featuresFrechetDistance, which needs the network of evaluation.features'],
    ['evaluation: {oracle: maybe}', 'evaluation.oracle: expected auto, true or false, got "maybe"'],
    ['evaluation: {pictures: 10}', 'evaluation.pictures: expected a whole number from 64 to 1000000, got 10'],
    [
      'sweep: {grid: {evaluation.every: [1, 2]}}',
      'expected a field that a sweep can set, got "evaluation.every"; nothing under evaluation changes what is trained',
    ],
    ['model: {latentSize: 5000}', 'model.latentSize: expected a whole number from 1 to 4096, got 5000'],
  ])('%s', (line, fault) => {
    expect(faultsIn(`${HEAD}${line}\n`)).toEqual([expect.stringContaining(fault)]);
  });

  it('are pointed at where the value of an axis causes them', () => {
    const text = `${HEAD}dataset: {images: 600}\nsweep:\n  grid:\n    training.batchSize: [64, 1024]\n    dataset.source: [synthetic, celeba]\n`;
    expect(faultsIn(text)).toEqual([
      'x.yaml:3:19  dataset.images: expected the path of the pictures with dataset.source celeba, got a number',
      'x.yaml:6:30  sweep.grid.training.batchSize[1]: expected at most the 600 pictures of dataset.images, got 1024',
      'x.yaml:7:33  dataset.root: expected the folder of the pictures for dataset.source celeba, got nothing',
    ]);
  });

  it('are not reported about a field whose own value is wrong', () => {
    expect(faultsIn(`${HEAD}dataset: {images: many}\ntraining: {batchSize: 8000}\n`)).toHaveLength(1 + 0);
    expect(faultsIn('name: x\nattributes: [3]\nsamples: {conditions: [[Bald]]}\n')).toHaveLength(1);
  });

  it('leave rotationProbability alone where there are no rotations', () => {
    expect(configIn(`${HEAD}augmentation: {rotationProbability: 0.5}\n`).augmentation.rotationProbability).toBe(0.5);
  });
});

describe('phrases of a data set', () => {
  it('are words for its attributes and are read in its sentences', () => {
    const text = `name: x\ndataset: {source: folder, root: d}\nattributes: [Has_Scar]\nsamples: {conditions: [a scarred face]}\n`;
    const attributesOf = () => ({ names: ['Has_Scar'] });
    const withPhrases = text.replace('root: d}', 'root: d, phrases: {Has_Scar: {yes: [scarred]}}}');
    expect(faultsIn(text, { attributesOf })).toEqual([expect.stringContaining('of which nothing is understood')]);
    expect(faultsIn(withPhrases, { attributesOf })).toEqual([]);
  });

  it('are wrong for an attribute that it lacks, and of another kind', () => {
    expect(faultsIn(`${HEAD}dataset: {phrases: {Bold: [hairless]}}\n`)).toEqual([
      'x.yaml:3:27  dataset.phrases.Bold: expected an attribute of CelebA, got "Bold"; did you mean "Bald"?',
    ]);
    expect(faultsIn(`${HEAD}dataset: {phrases: {Bald: hairless}}\n`)).toEqual([
      'x.yaml:3:27  dataset.phrases.Bald: expected a list of phrases, or {yes: […], no: […]}, got "hairless"',
    ]);
  });
});

describe('attributes', () => {
  const folder = 'name: x\ndataset: {source: folder, root: faces}\ntraining: {batchSize: 8}\n';

  it('of a folder are those of its labels', () => {
    const asked: DatasetConfig[] = [];
    const attributesOf = (dataset: DatasetConfig) => {
      asked.push(dataset);
      return { names: ['happy', 'old'] };
    };
    const text = `${folder}sweep: {grid: {attributes: [[happy], [happy, old]], training.seed: [1, 2, 3]}}\n`;
    expect(pointsIn(text, { attributesOf })).toHaveLength(6);
    expect(asked).toHaveLength(1);
    expect(faultsIn(`${folder}attributes: [hapy, Male]\n`, { attributesOf })).toEqual([
      'x.yaml:4:14  attributes[0]: expected an attribute of the labels in "faces", got "hapy"; did you mean "happy"?',
      'x.yaml:4:20  attributes[1]: expected an attribute of the labels in "faces", got "Male"; there are happy, old',
    ]);
  });

  it('that differ in how accents are stored are told so', () => {
    const attributesOf = () => ({ names: ['M\u00e4nnlich'.normalize('NFD')] });
    expect(faultsIn(`${folder}attributes: [M\u00e4nnlich]\n`, { attributesOf })).toEqual([
      expect.stringContaining('; the list stores its accents otherwise: copy the name from there'),
    ]);
  });

  it('of a folder that cannot be read are one fault of the folder, with the reason where there is one', () => {
    const text = `${folder}attributes: [a, b, c]\n`;
    expect(faultsIn(text)).toEqual([]); // nobody has looked
    expect(faultsIn(text, { attributesOf: () => ({ reason: 'it holds no CSV' }) })).toEqual(['x.yaml:2:33  dataset.root: it holds no CSV']);
  });

  it('are told apart from columns that are no labels, with the reason', () => {
    const attributesOf = () => ({
      names: ['happy'],
      unusable: new Map([['age', 'labels are 1 or 0, and labels.csv line 2 says "20-29"']]),
    });
    expect(faultsIn(`${folder}attributes: [happy, age]\n`, { attributesOf })).toEqual([
      'x.yaml:4:21  attributes[1]: expected a column of labels, got "age": labels are 1 or 0, and labels.csv line 2 says "20-29"',
    ]);
  });

  it('of CelebA are known where its folder is not, which is a fault of its own', () => {
    const text = `${HEAD.replace('Male', 'Mal')}dataset: {source: celeba, root: d}\n`;
    const inRoot = faultsIn(text, { attributesOf: () => ({ reason: 'found no folder' }) });
    expect(inRoot).toEqual(
      [expect.stringContaining('dataset.root: found no folder'), expect.stringContaining('did you mean "Male"?')].reverse(),
    );
    const text2 = `${HEAD}dataset: {source: folder, root: d, labels: l.csv}\n`;
    expect(faultsIn(text2, { attributesOf: () => ({ reason: 'found no file', field: 'labels' }) })).toEqual([
      'x.yaml:3:44  dataset.labels: found no file',
    ]);
  });

  it('of the synthetic faces are known without looking', () => {
    const attributesOf = () => {
      throw new Error('not asked for');
    };
    expect(configIn(HEAD, { attributesOf }).attributes).toEqual(['Male', 'Young']);
    expect(faultsIn('name: x\nattributes: [male]\n')).toEqual([
      'x.yaml:2:14  attributes[0]: expected an attribute of CelebA, got "male"; did you mean "Male"?',
    ]);
  });

  it('must not be named like the bit of a rotation', () => {
    const text = `${folder}attributes: [rotate_90]\naugmentation: {rotations: [90]}\n`;
    expect(faultsIn(text, { attributesOf: () => ({ names: ['rotate_90'] }) })).toEqual([
      'x.yaml:5:28  augmentation.rotations[0]: expected no angle whose bit is named like an attribute, got rotate_90',
    ]);
  });
});

describe('sample conditions', () => {
  it('ask for one orientation at most', () => {
    const text = `${HEAD}augmentation: {rotations: [90, 180]}\nsamples:\n  conditions:\n    - [rotate_90, rotate_180]\n    - {rotate_90: true, rotate_180: false}\n    - {rotate_90: true, rotate_180: true}\n`;
    expect(faultsIn(text)).toEqual([
      'x.yaml:6:19  samples.conditions[0][1]: expected at most one rotation in a condition, got "rotate_90" and "rotate_180"',
      expect.stringContaining('samples.conditions[2].rotate_180: expected at most one rotation'),
    ]);
  });

  it('may name what any run of the sweep learns, rotations included', () => {
    const text = `name: x\naugmentation: {rotations: [90]}\nsamples: {conditions: [[Bald, rotate_90], {Male: true}, []]}\nsweep: {grid: {attributes: [[Bald], [Male]]}}\n`;
    expect(pointsIn(text)).toHaveLength(2);
  });

  it('may not name what no run learns', () => {
    const text = `${HEAD}samples:\n  conditions:\n    - [Mael]\n    - {Bald: true, Young: false}\n    - [rotate_90]\n`;
    expect(faultsIn(text)).toEqual([
      'x.yaml:5:8  samples.conditions[0][0]: expected an attribute or a rotation that some run learns, got "Mael"; did you mean "Male"?',
      'x.yaml:6:14  samples.conditions[1].Bald: expected an attribute or a rotation that some run learns, got "Bald"',
      'x.yaml:7:8  samples.conditions[2][0]: expected an attribute or a rotation that some run learns, got "rotate_90"',
    ]);
  });

  it('may be sentences, of which some run learns each attribute', () => {
    const text = `name: x\nsamples: {conditions: [a bald woman, {Male: 1, Bald: 0}]}\nsweep: {grid: {attributes: [[Male, Bald], [Male]]}}\n`;
    expect(pointsIn(text)[0]!.config.samples.conditions).toEqual(['a bald woman', { Male: 1, Bald: 0 }]);
    const unlearnt = `${HEAD}samples:\n  conditions:\n    - a man\n    - he smiles and wears glasses\n    - upside down\n`;
    const learnt = 'expected attributes or a rotation that some run learns';
    expect(faultsIn(unlearnt)).toEqual([
      `x.yaml:6:7  samples.conditions[1]: ${learnt}, got "smiles", which is Smiling`,
      `x.yaml:6:7  samples.conditions[1]: ${learnt}, got "glasses", which is Eyeglasses`,
      `x.yaml:7:7  samples.conditions[2]: ${learnt}, got "upside down", which is rotate_180`,
    ]);
  });

  it('may not be sentences that are not understood, or that may be read in another way', () => {
    const sentences = ['in front of a tree', 'black or brown hair', 'a smilling man', 'a smiling man. He is not smiling.'];
    const text = `${HEAD}samples:\n  conditions:\n${sentences.map((sentence) => `    - ${sentence}\n`).join('')}`;
    expect(faultsIn(text)).toEqual([
      'x.yaml:5:7  samples.conditions[0]: expected a sentence that describes a face, got "in front of a tree", of which nothing is understood',
      expect.stringMatching(/^x\.yaml:6:7 .* can be read in one way, got ".*", which may be Black_Hair or Brown_Hair$/),
      'x.yaml:7:7  samples.conditions[2]: expected words that Facet knows, got "smilling"; did you mean "smiling"?',
      'x.yaml:8:7  samples.conditions[3]: expected a sentence that does not contradict itself, got Smiling said both ways',
    ]);
  });

  it('are a sentence, a list or a map', () => {
    const text = `${HEAD}samples:\n  conditions:\n    - ""\n    - 3\n    - {Male: 2}\n`;
    const shape = 'a sentence, a list of attributes, or a map of attributes to true or false';
    expect(faultsIn(text)).toEqual([
      `x.yaml:5:7  samples.conditions[0]: expected ${shape}, got ""`,
      `x.yaml:6:7  samples.conditions[1]: expected ${shape}, got 3`,
      'x.yaml:7:14  samples.conditions[2].Male: expected true or false, 1 or 0, got 2',
    ]);
  });
});
