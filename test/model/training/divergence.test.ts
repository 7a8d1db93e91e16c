import { expect, it } from 'vitest';
import { watchDivergence } from '../../../src/model/training/divergence.ts';
import type { MetricsRecord } from '../../../src/results/records.ts';

type Losses = readonly [lossD: number, lossG: number];

const recordsOf = (losses: readonly Losses[]): MetricsRecord[] =>
  losses.map(([lossD, lossG], i) => ({ step: i + 1, epoch: 1, seconds: i, imagesPerSecond: 1, lossD, lossG }));
const repeat = (times: number, losses: Losses): Losses[] => Array.from({ length: times }, () => losses);

function look(
  losses: readonly Losses[],
  { stepsPerEpoch = losses.length, loss = 'crossEntropy' as 'crossEntropy' | 'hinge', on = true } = {},
) {
  const watch = watchDivergence({ loss, stopDiverged: on }, { stepsPerEpoch, earlier: [] });
  watch.add(recordsOf(losses));
  return watch.describe();
}

it.each<[string, Losses[], Parameters<typeof look>[1]]>([
  ['a discriminator torn apart', repeat(25, [9e15, 0]), {}],
  ['a generator torn apart', repeat(25, [0, 9e15]), {}],
  ['networks that take turns', [...repeat(13, [2e6, 0]), ...repeat(12, [0, 2e6])], {}],
  ['nine steps of ten', [...repeat(2, [1, 1]), ...repeat(18, [1e4, 1])], {}],
  ['losses below zero', repeat(20, [-1e5, -1e5]), {}],
  ['hinge: a discriminator torn apart', repeat(25, [9e15, -3]), { loss: 'hinge' }],
  ['hinge: a score without any sense', repeat(25, [0, 9e15]), { loss: 'hinge' }],
  ['epochs of 5 steps: the last 20', [...repeat(5, [1, 1]), ...repeat(20, [1e4, 1])], { stepsPerEpoch: 5 }],
])('says what it saw: %s', (_what, losses, options) => {
  expect(look(losses, options)).toMatch(/^The losses left every sensible range: in \d+ of the last 2[05] steps .* training\.stopDiverged/);
});

it.each<[string, Losses[], Parameters<typeof look>[1]]>([
  ['the worst epoch that was seen of trainings that went', repeat(250, [0.46, 5.66]), {}],
  ['a discriminator that has won', repeat(250, [0, 930]), {}],
  ['a spike that is over', [...repeat(240, [0.7, 2]), ...repeat(10, [1e30, 1e30])], {}],
  ['eight steps of ten', [...repeat(4, [1, 1]), ...repeat(16, [1e4, 1])], {}],
  ['hinge: a score that has run away', repeat(250, [0, 90_000]), { loss: 'hinge' }],
  ['fewer than 20 steps so far', repeat(15, [1e15, 1e15]), { stepsPerEpoch: 5 }],
  ['torn apart, where the file turns it off', repeat(25, [9e15, 0]), { on: false }],
])('leaves alone: %s', (_what, losses, options) => {
  expect(look(losses, options)).toBeNull();
});

it('sees the same in a run that goes on', () => {
  const records = recordsOf([...repeat(5, [1, 1]), ...repeat(25, [1e4, 1])]);
  const whole = watchDivergence({ loss: 'crossEntropy', stopDiverged: true }, { stepsPerEpoch: 5, earlier: [] });
  whole.add(records);
  const resumed = watchDivergence({ loss: 'crossEntropy', stopDiverged: true }, { stepsPerEpoch: 5, earlier: records.slice(0, 13) });
  resumed.add(records.slice(13, 20));
  resumed.add(records.slice(20));
  expect(resumed.describe()).toBe(whole.describe());
  expect(whole.describe()).not.toBeNull();
});
