import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { type Contender, describeStanding, findPromotion, type HalvingRule, listRungs, standAt } from '../../src/runner/halving/halving.ts';

const waiting = (...values: number[]): Contender => ({ values, hasGoneOn: false, status: 'open' });
const beyond = (...values: number[]): Contender => ({ values, hasGoneOn: true, status: 'open' });
const finished = (...values: number[]): Contender => ({ values, hasGoneOn: true, status: 'finished' });
const failed = (...values: number[]): Contender => ({ values, hasGoneOn: false, status: 'failed' });
const failedBeyond = (...values: number[]): Contender => ({ values, hasGoneOn: true, status: 'failed' });
const rule: HalvingRule = { mode: 'min', minEpochs: 1, factor: 3 };

it.each([
  [{ minEpochs: 1, factor: 3 }, 10, [1, 3, 9]],
  [{ minEpochs: 1, factor: 3 }, 9, [1, 3]],
  [{ minEpochs: 2, factor: 2 }, 16, [2, 4, 8]],
  [{ minEpochs: 5, factor: 4 }, 6, [5]],
])('with %j a run of %i epochs is compared after %j', (given, epochs, rungs) => {
  expect(listRungs({ mode: 'min', ...given }, epochs)).toEqual(rungs);
});

describe('a run goes on', () => {
  it('when it is among the best third of those that have come so far, and not before there are three', () => {
    expect(findPromotion([waiting(0.1), waiting(0.2)], rule, false)).toBeUndefined();
    expect(findPromotion([waiting(0.3), waiting(0.1), waiting(0.2)], rule, false)).toBe(1);
    expect(findPromotion([waiting(0.3), waiting(0.1), waiting(0.2)], { ...rule, mode: 'max' }, false)).toBe(0);
    expect(findPromotion([waiting(0.3), beyond(0.1), waiting(0.2), waiting(0.4)], rule, false)).toBeUndefined();
  });

  it('although it did not earlier, once enough worse ones have come', () => {
    const six = [waiting(0.2), beyond(0.1), waiting(0.3), waiting(0.4), waiting(0.5)];
    expect(findPromotion(six, rule, false)).toBeUndefined();
    expect(findPromotion([...six, waiting(0.6)], rule, false)).toBe(0);
  });

  it('from the highest comparison first', () => {
    const first = [waiting(0.1, 0.9), waiting(0.2, 0.8), waiting(0.3, 0.7), waiting(0.05), waiting(0.06), waiting(0.07)];
    expect(findPromotion(first, rule, false)).toBe(2);
  });

  it('never where its value is no number, or it has failed', () => {
    expect(findPromotion([waiting(Number.NaN), waiting(Number.NaN), waiting(Number.NaN)], rule, true)).toBeUndefined();
    expect(findPromotion([failed(0.1), waiting(0.2), waiting(0.3)], rule, false)).toBeUndefined();
    const ranks = [waiting(Number.NaN), waiting(7), waiting(Number.POSITIVE_INFINITY)];
    expect(standAt(ranks, { index: 1, rung: 0 }, { ...rule, mode: 'max' }).rank).toBe(2);
    expect(standAt(ranks, { index: 0, rung: 0 }, rule).rank).not.toBe(1);
  });

  it('as the best of too few when nothing else is to come, so that some run is trained to its end', () => {
    expect(findPromotion([waiting(0.2), waiting(0.1)], rule, true)).toBe(1);
    expect(findPromotion([waiting(0.3), waiting(0.1, 0.5), waiting(0.2)], rule, true)).toBe(1);
    expect(findPromotion([waiting(0.2), beyond(0.1)], rule, true)).toBeUndefined();
    expect(findPromotion([beyond(0.2), waiting(0.1)], rule, true)).toBe(1);
    expect(findPromotion([failed(0.1), waiting(0.2)], rule, true)).toBe(1);
  });

  it('in the place of one that had gone on and then failed for good', () => {
    expect(findPromotion([failedBeyond(0.1), waiting(0.2), waiting(0.3)], rule, true)).toBe(1);
    expect(findPromotion([failedBeyond(0.1, 0.1), waiting(0.2), waiting(0.3)], rule, true)).toBe(1);
    expect(findPromotion([failedBeyond(0.1, 0.1), waiting(0.2, 0.3), waiting(0.3)], rule, true)).toBe(1);
    expect(findPromotion([failedBeyond(0.1), finished(0.2), waiting(0.3)], rule, true)).toBeUndefined();
    const four = [failedBeyond(0.1), waiting(0.2), waiting(0.3), waiting(0.4)];
    expect(findPromotion(four, rule, false)).toBe(1);
    expect(standAt(four, { index: 1, rung: 0 }, rule)).toEqual({ rank: 1, of: 3, quota: 1 });
  });

  it('in the place of one that had gone on and then has no value at its next comparison', () => {
    expect(findPromotion([waiting(0.1, Number.NaN), waiting(0.2), waiting(0.3)], rule, true)).toBe(1);
    expect(findPromotion([waiting(0.1, Number.NaN), waiting(0.2, Number.NaN)], rule, true)).toBeUndefined();
  });
});

/** Runs a sweep with the rule alone, any number of slots and orders of ending; kills it now and then. */
function simulate(seed: number) {
  const random = createRandom(seed, 'halving');
  const given: HalvingRule = {
    mode: random.integer(2) === 0 ? 'min' : 'max',
    minEpochs: 1 + random.integer(3),
    factor: 2 + random.integer(3),
  };
  const epochs = given.minEpochs + 1 + random.integer(30);
  const rungs = listRungs(given, epochs);
  const count = 1 + random.integer(30);
  const quality = Array.from({ length: count }, () => random.uniform());
  const isNoisy = random.integer(2) === 0;
  const failureRate = random.integer(2) === 0 ? 0 : 0.15;
  const runs: Contender[] = quality.map(() => ({ values: [], hasGoneOn: false, status: 'open' }));
  const slots = 1 + random.integer(5);
  const promotions: { index: number; rank: number; quota: number; isIdle: boolean }[] = [];
  let busy = new Set<number>();
  for (;;) {
    while (busy.size < slots) {
      const isIdle = busy.size === 0;
      const unfinished = runs.findIndex(({ hasGoneOn, status }, index) => hasGoneOn && status === 'open' && !busy.has(index));
      let next = unfinished === -1 ? undefined : unfinished;
      const promoted = next === undefined ? findPromotion(runs, given, false) : undefined;
      next ??= promoted;
      const fresh = runs.findIndex(({ values, hasGoneOn, status }) => values.length === 0 && !hasGoneOn && status === 'open');
      if (next === undefined && fresh !== -1) next = fresh;
      const closing = next === undefined && isIdle ? findPromotion(runs, given, true) : undefined;
      next ??= closing;
      if (next === undefined) break;
      if (promoted === next || closing === next) {
        const { rank, quota } = standAt(runs, { index: next, rung: runs[next]!.values.length - 1 }, given);
        promotions.push({ index: next, rank, quota, isIdle: closing === next });
      }
      runs[next] = { ...runs[next]!, hasGoneOn: true };
      busy.add(next);
    }
    if (busy.size === 0) return { runs, given, rungs, quality, promotions, isNoisy };
    if (random.uniform() < 0.1) {
      // Killed: what had been trained since the last comparison may not have left a trace.
      for (const index of busy) if (random.integer(2) === 0) runs[index] = { ...runs[index]!, hasGoneOn: false };
      busy = new Set();
      continue;
    }
    const ending = [...busy][random.integer(busy.size)]!;
    busy.delete(ending);
    const run = runs[ending]!;
    const value = quality[ending]! + (isNoisy ? random.uniform() / 10 : 0);
    if (random.uniform() < failureRate) runs[ending] = { ...run, status: 'failed' };
    else if (run.values.length === rungs.length) runs[ending] = { ...run, status: 'finished' };
    else runs[ending] = { ...run, values: [...run.values, value], hasGoneOn: false };
  }
}

it('of 500 sweeps with any number of slots, killed now and then, each ends as the rule has it', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { runs, given, rungs, quality, promotions, isNoisy } = simulate(seed);
    const best = quality.indexOf(given.mode === 'min' ? Math.min(...quality) : Math.max(...quality));
    const context = `seed ${seed}`;
    expect(
      runs.every(({ values, status }) => values.length > 0 || status === 'failed'),
      context,
    ).toBe(true);
    for (const { rank, quota, isIdle } of promotions) expect(rank, context).toBeLessThanOrEqual(isIdle ? 1 : quota);
    for (let rung = 0; rung < rungs.length; rung++) {
      const entrants = runs.flatMap(({ values, status }, index) => (values.length > rung && status !== 'failed' ? [index] : []));
      for (const index of entrants) {
        const { rank, quota } = standAt(runs, { index, rung }, given);
        const wentOn = runs[index]!.values.length > rung + 1 || runs[index]!.hasGoneOn;
        if (rank <= quota) expect(wentOn, `${context}, run ${index}, rung ${rung}`).toBe(true);
      }
    }
    const ended = (wanted: Contender['status']) => runs.flatMap(({ status }, index) => (status === wanted ? [index] : []));
    const [atTheirEnd, broken] = [ended('finished'), ended('failed')];
    if (broken.length < runs.length) expect(atTheirEnd.length, context).toBeGreaterThan(0);
    if (!isNoisy && broken.length === 0) expect(atTheirEnd, context).toContain(best);
  }
});

it.each([
  [{ value: 0.3123, rank: 5, of: 6, quota: 2, goesOn: false }, 'slicedWasserstein 0.312 was 5th of 6 after epoch 2; the best 2 go on'],
  [
    { value: 0.3, rank: 1, of: 2, quota: 0, goesOn: false },
    'slicedWasserstein 0.3 was 1st of 2 after epoch 2; the best goes on once 3 have come so far',
  ],
  [{ value: 0.3, rank: 12, of: 13, quota: 4, goesOn: true }, 'slicedWasserstein 0.3 was 12th of 13 after epoch 2; it goes on'],
  [
    { value: Number.NaN, rank: 1, of: 1, quota: 0, goesOn: false },
    'no slicedWasserstein was recorded after epoch 2, so that it cannot be compared',
  ],
])('says of %j where the run stood', (standing, text) => {
  expect(describeStanding({ metric: 'slicedWasserstein', factor: 3, epoch: 2, ...standing })).toBe(text);
});

it('says of a metric of the oracle why there may be no value', () => {
  const standing = { value: Number.NaN, rank: 1, of: 1, quota: 0, goesOn: false };
  expect(describeStanding({ metric: 'relativeAccuracy', factor: 3, epoch: 2, ...standing })).toMatch(
    /^no relativeAccuracy was recorded after epoch 2, .*; the oracle tells too little for it, or could not judge: see the log of the run$/,
  );
});
