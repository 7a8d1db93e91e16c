import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/experiment/metrics.ts';
import { experimentIn, faultsIn, HEAD } from './parse-text.ts';

/** Whatever a metric may need. */
const EVERYTHING = 'augmentation: {rotations: [90]}\nevaluation: {features: model.json}\n';
const NAMES = 'the name of a metric, such as slicedWasserstein, frechetDistance or relativeAccuracy';

describe('sweep.halving', () => {
  it('is read, with defaults', () => {
    expect(experimentIn(`${HEAD}sweep: {grid: {training.seed: [1, 2]}, halving: {metric: lossG}}\n`).halving).toEqual({
      metric: 'lossG',
      mode: 'min',
      minEpochs: 1,
      factor: 3,
    });
    expect(experimentIn(`${HEAD}sweep: {grid: {training.seed: [1, 2]}}\n`).halving).toBeUndefined();
  });

  it('takes as better what the table of metrics says, and less where that says nothing', () => {
    const modeOf = (halving: string) =>
      experimentIn(`${HEAD}${EVERYTHING}sweep: {grid: {training.seed: [1, 2]}, halving: {${halving}}}\n`).halving?.mode;
    for (const { name, better } of METRICS) expect(modeOf(`metric: ${name}`)).toBe(better ?? 'min');
    expect(modeOf('metric: slicedWasserstein, mode: max')).toBe('max');
    // What files meant before there was a table: every one of these had min.
    for (const name of ['lossD', 'lossG', 'dReal', 'dFake', 'slicedWasserstein']) expect(modeOf(`metric: ${name}`)).toBe('min');
  });

  it.each([
    ['{metric: slicedWaserstein}', `metric: expected ${NAMES}, got "slicedWaserstein"; did you mean "slicedWasserstein"?`],
    ['{}', `metric: expected ${NAMES}, got nothing`],
    ['{metric: lossG, mode: less}', 'mode: expected min or max, got "less"'],
    ['{metric: lossG, factor: 1}', 'factor: expected a whole number from 2 to 1000, got 1'],
    ['{metric: lossG, factor: 2.5}', 'factor: expected a whole number from 2 to 1000, got 2.5'],
    ['{metric: lossG, minEpochs: 8}', 'minEpochs: expected fewer epochs than a run trains (8), got 8'],
    ['{metric: lossG, minEpoch: 2}', 'minEpoch: expected a setting of sweep.halving, got "minEpoch"; did you mean "minEpochs"?'],
  ])('%s is refused where it stands', (halving, message) => {
    const [fault, ...others] = faultsIn(`${HEAD}sweep:\n  grid: {training.seed: [1, 2]}\n  halving: ${halving}\n`);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^\S+:\d+:\d+ {2}sweep\.halving\./);
    expect(fault).toContain(`sweep.halving.${message}`);
  });

  it('is held against the shortest run', () => {
    const text = `${HEAD}sweep: {grid: {training.epochs: [9, 2]}, halving: {metric: lossG, minEpochs: 2}}\n`;
    expect(faultsIn(text)[0]).toContain('expected fewer epochs than a run trains (2), got 2');
  });

  it('by what only an oracle tells gives every run the oracle, however short it is', () => {
    const text = (metric: string) => `${HEAD}sweep: {grid: {training.seed: [1, 2]}, halving: {metric: ${metric}}}\n`;
    const oraclesOf = (metric: string) => experimentIn(text(metric)).points.map(({ config }) => config.evaluation.oracle);
    expect(oraclesOf('frechetDistance')).toEqual([true, true]);
    expect(oraclesOf('slicedWasserstein')).toEqual(['auto', 'auto']);
    expect(faultsIn(`${text('recall')}evaluation: {oracle: false}\n`)).toEqual([
      'x.yaml:3:58  sweep.halving.metric: expected a metric that every run can measure, got recall, which evaluation.oracle false leaves out',
    ]);
    const turned = text('rotationAccuracy').replace('training.seed: [1, 2]', 'augmentation.rotations: [[], [90]]');
    expect(faultsIn(turned)).toEqual([expect.stringContaining('got rotationAccuracy, which needs augmentation.rotations')]);
  });
});
