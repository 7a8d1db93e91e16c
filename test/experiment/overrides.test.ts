import { describe, expect, it } from 'vitest';
import { configIn, experimentIn, faultsIn, HEAD, labelsIn } from './parse-text.ts';

describe('--set', () => {
  it('overrides the file, the last one winning', () => {
    const overrides = ['training.epochs=2', 'model.width=64', 'training.epochs=3', 'augmentation.rotations=[90]', 'name=y'];
    expect(configIn(`${HEAD}training: {epochs: 9, seed: 4}\n`, { overrides })).toMatchObject({
      training: { epochs: 3, seed: 4 },
      model: { width: 64 },
      augmentation: { rotations: [90] },
    });
    expect(experimentIn(HEAD, { overrides }).name).toBe('y');
  });

  it('merges a map, and drops what the file gives with null', () => {
    const config = configIn(`${HEAD}training: {epochs: 9, seed: 4}\nsweep: {grid: {model.width: [8, 16]}}\n`, {
      overrides: ['training={epochs: 2}', 'training.seed=null', 'sweep=null'],
    });
    expect(config.training).toMatchObject({ epochs: 2, seed: 1 });
  });

  it('sets an axis by its name with dots, or one of its named values', () => {
    const file = `${HEAD}sweep: {grid: {attributes: {two: [Male, Young]}, training.seed: [1]}}\n`;
    const overrides = ['sweep.grid.training.seed=[8, 9]', 'sweep.grid.attributes.one=[Bald]'];
    expect(labelsIn(file, { overrides })).toEqual(['two 8', 'two 9', 'one 8', 'one 9']);
    const random = [
      'sweep.random.samples=30',
      'sweep.random.training.seed.min=5',
      'sweep.random.training.seed.max=6',
      'sweep.random.seed=2',
    ];
    expect(new Set(labelsIn(HEAD, { overrides: random }))).toEqual(new Set(['5', '6']));
  });

  it.each([
    ['training.epoch=2', 'training.epoch: expected a setting of training, got "epoch"; did you mean "epochs"?'],
    ['trainng.epochs=2', 'trainng: expected a known setting, got "trainng"; did you mean "training"?'],
    ['training.epochs=x', 'training.epochs: expected a whole number from 1 to 100000, got "x"'],
    ['training.epochs=', 'training.epochs: expected a whole number from 1 to 100000, got nothing'],
    ['training.epochs=[', 'training.epochs: expected "]" at the end of this list, got other text'],
    ['attributes=[Mal]', 'attributes[0]: expected an attribute of CelebA, got "Mal"; did you mean "Male"?'],
    [
      'sweep.grid.training.sed=[1]',
      'sweep.grid.training.sed: expected a field that a sweep can set, got "training.sed"; did you mean "training.seed"?',
    ],
    ['extends=y.yaml', 'extends: expected a setting, got "extends", which works only inside a file'],
    ['training.epochs', 'expected path=value, such as training.epochs=2, got "training.epochs"'],
    ['training..epochs=2', 'expected path=value'],
    ['=2', 'expected path=value'],
    ['sweep.grid.=[2]', 'expected path=value'],
  ])('says of %s what is wrong, without a line', (override, fault) => {
    expect(faultsIn(HEAD, { overrides: [override] })).toEqual([expect.stringContaining(`--set ${override}  ${fault}`)]);
  });

  it('reports faults of the file and of all overrides together', () => {
    expect(faultsIn(`${HEAD}model: {width: 1}\n`, { overrides: ['training.epochs=x', 'training', 'training.seed=-1'] })).toEqual([
      expect.stringContaining('x.yaml:3:16  model.width'),
      expect.stringContaining('--set training.epochs=x  '),
      expect.stringContaining('--set training  '),
      expect.stringContaining('--set training.seed=-1  '),
    ]);
  });

  it('refuses to set a field that an axis decides anyway', () => {
    expect(faultsIn(`${HEAD}sweep: {grid: {training.seed: [1, 2]}}\n`, { overrides: ['training.seed=5'] })).toEqual([
      '--set training.seed=5  training.seed: expected a field that the sweep leaves alone, got one of its axes; set sweep.grid.training.seed=[…] instead',
    ]);
  });
});
