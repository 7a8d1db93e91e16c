import { describe, expect, it } from 'vitest';
import { chooseColumns, formatHead, listMetrics, METRICS, orderByNeed } from '../../src/experiment/metrics.ts';
import { EVALUATORS } from '../../src/model/evaluation/index.ts';

const STEP = ['lossD', 'lossG', 'dReal', 'dFake'];
const JUDGED = METRICS.filter(({ oracle }) => oracle).map(({ name }) => name);
const namesOf = (metrics: readonly { name: string }[]) => metrics.map(({ name }) => name);

it('has a row for each name of each evaluator, which says whether it needs the oracle', () => {
  for (const { names, usesOracle } of EVALUATORS) {
    for (const name of names) expect(METRICS.find((row) => row.name === name)?.oracle, name).toBe(usesOracle);
  }
  const evaluated = METRICS.filter(({ when }) => when === 'evaluation');
  expect(namesOf(evaluated).sort()).toEqual(EVALUATORS.flatMap(({ names }) => names).sort());
});

it('calls nothing FID or KID that is not', () => {
  for (const { name, short, label } of METRICS.filter(({ name }) => /frechet|kernel/i.test(name))) {
    expect(`${name} ${short}`).not.toMatch(/FID|KID/i);
    expect(label).toMatch(/in the oracle's features \(not (FID|KID)\)|in the features of evaluation\.features/);
  }
});

describe('the columns of a table', () => {
  it('are losses and the distance of pictures where no oracle has judged', () => {
    expect(namesOf(chooseColumns([...STEP, 'slicedWasserstein']))).toEqual(['lossD', 'lossG', 'slicedWasserstein']);
  });

  it('are accuracy and distances where one has, without losses, which say nothing of pictures', () => {
    const columns = chooseColumns([...STEP, 'slicedWasserstein', ...JUDGED.filter((name) => name !== 'rotationAccuracy')]);
    expect(namesOf(columns)).toEqual(['relativeAccuracy', 'worstRelativeAccuracy', 'frechetDistance', 'slicedWasserstein']);
    expect(columns.map(formatHead).join('  ').length).toBeLessThan(40);
  });

  it('are also the rotation accuracy where pictures are turned', () => {
    expect(namesOf(chooseColumns([...STEP, ...JUDGED]))).toContain('rotationAccuracy');
  });

  it('keep what a trainer of somebody else has recorded', () => {
    expect(namesOf(chooseColumns([...STEP, ...JUDGED, 'bleu']))).toContain('bleu');
  });

  it('go in a narrow table one by one, the most telling last', () => {
    expect(namesOf(orderByNeed(chooseColumns([...STEP, 'slicedWasserstein'])))).toEqual(['lossG', 'lossD', 'slicedWasserstein']);
    const judged = chooseColumns([...STEP, 'slicedWasserstein', ...JUDGED]);
    expect(namesOf(orderByNeed(judged)).at(-1)).toBe('relativeAccuracy');
  });
});

it('lists metrics of the oracle, as charts, only where they were recorded', () => {
  expect(namesOf(listMetrics([]))).toEqual([...STEP, 'slicedWasserstein']);
  expect(namesOf(listMetrics(['recall', 'bleu']))).toEqual([...STEP, 'slicedWasserstein', 'recall', 'bleu']);
});
