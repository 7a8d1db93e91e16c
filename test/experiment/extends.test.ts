import { describe, expect, it } from 'vitest';
import { configIn, experimentIn, faultLines, faultsIn, HEAD, labelsIn, parseFixture, parseText } from './parse-text.ts';

const over = (text: string) => `${HEAD}extends: ./base.yaml\n${text}`;

describe('extends', () => {
  it('merges maps; lists and single values of the file replace those below', () => {
    const base = 'attributes: [Bald]\ntraining: {epochs: 3, seed: 9}\naugmentation: {rotations: [90, 180]}\nmodel: {width: 64}\n';
    const config = configIn(over('training: {epochs: 5}\naugmentation: {rotations: [270]}\n'), { files: { 'base.yaml': base } });
    expect(config).toMatchObject({
      attributes: ['Male', 'Young'],
      training: { epochs: 5, seed: 9 },
      augmentation: { rotations: [270] },
      model: { width: 64 },
    });
  });

  it('drops what a base gives where the file says null, down to the default', () => {
    const files = { 'base.yaml': 'dataset: {images: 500}\ntraining: {batchSize: 64, epochs: 3}\nsweep: {grid: {training.seed: [1, 2]}}\n' };
    const config = configIn(over('dataset: {source: celeba, root: d, images: null}\ntraining: null\nsweep: null\n'), { files });
    expect(config.dataset).toEqual({ source: 'celeba', root: 'd', partition: 'train', crop: 178, imageSize: 64, heldOut: 0 });
    expect(config.training).toMatchObject({ batchSize: 128, epochs: 8 });
  });

  it('merges sweeps axis by axis', () => {
    const files = { 'base.yaml': 'sweep: {grid: {training.seed: [1, 2], attributes: {two: [Male, Young]}}}\n' };
    expect(labelsIn(over('sweep: {grid: {training.seed: [7], attributes: {one: [Bald]}, model.width: [64]}}\n'), { files })).toEqual([
      '7 two 64',
      '7 one 64',
    ]);
    expect(labelsIn(over('sweep: {grid: {attributes: {two: null, one: [Bald]}}}\n'), { files })).toEqual(['1 one', '2 one']);
  });

  it('follows a chain, the nearest file winning', () => {
    const files = {
      'base.yaml': 'extends: ./middle.yaml\ntraining: {epochs: 2}\n',
      'middle.yaml': 'extends: ./bottom.yaml\ntraining: {epochs: 3, batchSize: 16}\n',
      'bottom.yaml': 'training: {epochs: 4, batchSize: 32, seed: 5}\n',
    };
    expect(configIn(over(''), { files }).training).toMatchObject({ epochs: 2, batchSize: 16, seed: 5 });
  });

  it('inherits neither name nor description', () => {
    const files = { 'base.yaml': 'name: base\ndescription: of the base\n' };
    expect(experimentIn(over(''), { files })).toMatchObject({ name: 'x', description: undefined });
    expect(faultsIn('extends: ./base.yaml\nattributes: [Male]\n', { files })).toEqual([
      expect.stringMatching(/^x\.yaml:1:1 {2}name: expected a name .*, got nothing; a name is not inherited$/),
    ]);
  });

  it('names the file in which a fault stands, also a fault of a sweep or of a combination', () => {
    const files = {
      'base.yaml': 'training: {epochs: x}\ndataset:\n  root: data\nsweep:\n  grid:\n    attributes: [[Mle]]\n    model.width: [65]\n',
    };
    expect(faultsIn(over('model: {wdth: 1}\n'), { files })).toEqual([
      expect.stringContaining('x.yaml:4:9  model.wdth'),
      expect.stringContaining('base.yaml:1:20  training.epochs'),
      'base.yaml:3:9  dataset.root: expected it only with dataset.source celeba or folder, got it with synthetic',
      'base.yaml:6:19  sweep.grid.attributes[0][0]: expected an attribute of CelebA, got "Mle"; did you mean "Male"?',
      expect.stringContaining('base.yaml:7:19  sweep.grid.model.width[0]'),
    ]);
  });

  it('reports syntax errors of the base at their place', () => {
    expect(faultsIn(over(''), { files: { 'base.yaml': 'training:\n\tepochs: 2\n' } })).toEqual([
      'base.yaml:2:1  expected spaces as indentation, got a tab',
    ]);
    expect(faultsIn(over(''), { files: { 'base.yaml': '' } })).toEqual(['base.yaml:1:1  expected a map of settings, got an empty file']);
  });

  it('refuses a cycle and names its files', () => {
    expect(faultLines(parseFixture('broken/cycle-a.yaml'))).toEqual([
      'broken/cycle-b.yaml:1:10  extends: expected a file that does not lead back to itself, got broken/cycle-a.yaml -> broken/cycle-b.yaml -> broken/cycle-a.yaml',
    ]);
    expect(faultsIn(over(''), { files: { 'base.yaml': 'extends: base.yaml\n' } })).toEqual([
      'base.yaml:1:10  extends: expected a file that does not lead back to itself, got base.yaml -> base.yaml',
    ]);
  });

  it('refuses a chain that is too long to be meant', () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.yaml`, `extends: ${i + 1}.yaml\n`]));
    expect(faultsIn(`${HEAD}extends: 0.yaml\n`, { files })).toEqual([
      '15.yaml:1:10  extends: expected a chain of at most 16 extended files, got a longer one',
    ]);
  });

  it('says which file is missing, and where it is asked for', () => {
    expect(faultsIn(over(''))).toEqual(['x.yaml:3:10  extends: expected an experiment file, got "./base.yaml", which does not exist']);
    expect(faultsIn(`${HEAD}extends: [a.yaml]\n`)).toEqual([
      'x.yaml:3:10  extends: expected the path of an experiment file, got a list of 1',
    ]);
  });

  it('does not hide a bug of the reader as a fault of the file', () => {
    const files = Object.defineProperty({}, 'base.yaml', {
      get: () => {
        throw new TypeError('a bug');
      },
    });
    expect(() => parseText(over(''), { files })).toThrow('a bug');
  });
});
