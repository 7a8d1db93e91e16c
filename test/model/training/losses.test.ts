import { describe, expect, it } from 'vitest';
import { lossesOf } from '../../../src/model/training/losses.ts';

const logits = {
  real: Float32Array.of(2, -0.5, 0.25, 40),
  fake: Float32Array.of(-2, 0.5, -0.75, -40),
  fooled: Float32Array.of(-1, 1.5, 0, 2),
};
const mean = (values: Float32Array, of: (value: number) => number) =>
  [...values].reduce((sum, value) => sum + of(value), 0) / values.length;
const probability = (x: number) => 1 / (1 + Math.exp(-x));

describe('losses of a step', () => {
  it('are binary cross-entropies of the probabilities that the logits stand for', () => {
    const { lossD, lossG, dReal, dFake } = lossesOf(logits);
    expect(lossD).toBeCloseTo(
      -mean(logits.real, (x) => Math.log(probability(x))) - mean(logits.fake, (x) => Math.log(probability(-x))),
      10,
    );
    expect(lossG).toBeCloseTo(-mean(logits.fooled, (x) => Math.log(probability(x))), 10);
    expect(dReal).toBeCloseTo(mean(logits.real, probability), 10);
    expect(dFake).toBeCloseTo(mean(logits.fake, probability), 10);
    expect(lossesOf(logits, { loss: 'crossEntropy', labelSmoothing: 0 })).toEqual(lossesOf(logits));
  });

  it('take less than 1 for the target of real pictures with label smoothing, of D alone', () => {
    const smoothed = lossesOf(logits, { labelSmoothing: 0.1 });
    const ofReal = -mean(logits.real, (x) => 0.9 * Math.log(probability(x)) + 0.1 * Math.log(probability(-x)));
    expect(smoothed.lossD).toBeCloseTo(ofReal - mean(logits.fake, (x) => Math.log(probability(-x))), 10);
    expect({ ...smoothed, lossD: 0 }).toEqual({ ...lossesOf(logits), lossD: 0 });
  });

  it('are those of the hinge where that is asked for, and D(x) stays between 0 and 1', () => {
    const { lossD, lossG, dReal, dFake } = lossesOf(logits, { loss: 'hinge' });
    expect(lossD).toBeCloseTo((0 + 1.5 + 0.75 + 0) / 4 + (0 + 1.5 + 0.25 + 0) / 4, 10);
    expect(lossG).toBeCloseTo(-(-1 + 1.5 + 0 + 2) / 4, 10);
    expect([dReal, dFake]).toEqual([lossesOf(logits).dReal, lossesOf(logits).dFake]);
  });
});
