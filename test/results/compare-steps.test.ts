import { describe, expect, it } from 'vitest';
import { compareSteps } from '../../src/results/compare/compare-steps.ts';

const steps = (count: number, change: (step: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({
    step: i + 1,
    epoch: 1,
    seconds: i / 3,
    imagesPerSecond: 100,
    lossD: 1 / (i + 1),
    lossG: 2,
    ...change(i + 1),
  }));

describe('two series of metrics', () => {
  it('are the same whatever their timings, and count the steps compared', () => {
    const slower = steps(5, (step) => ({ seconds: step * 7, imagesPerSecond: 3 }));
    expect(compareSteps(steps(5), slower)).toEqual({ compared: 5, first: null, missing: null, last: { original: 5, again: 5 } });
  });

  it('part at the first step that differs, in the first field of the record, by so much', () => {
    const changed = steps(5, (step) => (step >= 3 ? { lossD: 1 / step + 1e-9, lossG: 2.5 } : {}));
    const { first } = compareSteps(steps(5), changed);
    expect(first).toMatchObject({ step: 3, field: 'lossD', original: 1 / 3, again: 1 / 3 + 1e-9 });
    expect(first!.absolute).toBeCloseTo(1e-9, 15);
    expect(first!.relative).toBeCloseTo(3e-9, 15);
  });

  it.each([
    ['one bit of a number', 1.1, 1.1 + Number.EPSILON, true],
    ['a NaN where there was one', Number.NaN, Number.NaN, false],
    ['a NaN where there was none', 1, Number.NaN, true],
    ['an infinity of the other sign', Infinity, -Infinity, true],
  ])('differ by %s: %d and %d, %s', (_what, a, b, differs) => {
    const { first } = compareSteps(
      steps(2, () => ({ lossG: a })),
      steps(2, () => ({ lossG: b })),
    );
    expect(first !== null).toBe(differs);
    if (differs) expect(first).toMatchObject({ step: 1, field: 'lossG', original: a, again: b });
  });

  it('are compared up to the end of the shorter one', () => {
    expect(compareSteps(steps(5), steps(3))).toEqual({ compared: 3, first: null, missing: null, last: { original: 5, again: 3 } });
    expect(compareSteps([], steps(3))).toEqual({ compared: 0, first: null, missing: null, last: { original: 0, again: 3 } });
  });

  it('name a step within that only one of them has', () => {
    const gap = steps(5).filter(({ step }) => step !== 2);
    expect(compareSteps(steps(5), gap)).toMatchObject({ compared: 4, missing: { step: 2, in: 'again' } });
    expect(compareSteps(gap, steps(5))).toMatchObject({ compared: 4, missing: { step: 2, in: 'original' } });
  });

  it('know nothing of a field that only a later version writes', () => {
    expect(
      compareSteps(
        steps(2),
        steps(2, () => ({ gradientNorm: 3 })),
      ).first,
    ).toBeNull();
  });
});
