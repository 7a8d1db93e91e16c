import { describe, expect, it } from 'vitest';
import { isJudgedAfter, resolveEvery, usesOracle } from '../../src/experiment/evaluation-plan.ts';
import { configIn, HEAD } from './parse-text.ts';

const sections = (lines: string) => configIn(`${HEAD}${lines}`);

describe('the oracle', () => {
  it('judges by itself where training shows at least 60,000 pictures', () => {
    const { evaluation } = sections('');
    expect(usesOracle(evaluation, { epochs: 12, pictures: 8000 })).toBe(true);
    expect(usesOracle(evaluation, { epochs: 6, pictures: 10_000 })).toBe(true);
    expect(usesOracle(evaluation, { epochs: 4, pictures: 2000 })).toBe(false);
  });

  it('judges where it is asked for, and never where it is not wanted', () => {
    expect(usesOracle(sections('evaluation: {oracle: true}\n').evaluation, { epochs: 1, pictures: 100 })).toBe(true);
    expect(usesOracle(sections('evaluation: {oracle: false}\n').evaluation, { epochs: 100, pictures: 8000 })).toBe(false);
  });

  it('judges also a short run whose best checkpoint only it can tell', () => {
    expect(usesOracle({ oracle: 'auto', bestBy: 'recall' }, { epochs: 1, pictures: 100 })).toBe(true);
  });

  it.each([
    ['training: {epochs: 10}\n', 2],
    ['training: {epochs: 12}\n', 3],
    ['training: {epochs: 3}\n', 1],
    ['training: {epochs: 400}\nsamples: {every: 100}\n', 100],
    ['training: {epochs: 400}\nevaluation: {every: 7}\n', 7],
  ])('judges, with %j, each %i epochs', (lines, every) => {
    expect(resolveEvery(sections(lines))).toBe(every);
  });

  it('judges the last epoch, and where the run pauses', () => {
    const config = sections('training: {epochs: 13}\n');
    const judged = (pauseAfterEpoch: number | null) =>
      Array.from({ length: 13 }, (_, i) => i + 1).filter((epoch) => isJudgedAfter(epoch, { config, pauseAfterEpoch }));
    expect(judged(null)).toEqual([3, 6, 9, 12, 13]);
    expect(judged(4)).toEqual([3, 4, 6, 9, 12, 13]);
  });
});
