// (pure) Asynchronous successive halving (ASHA, Li et al. 2018, arXiv 1810.05934, algorithm 2): which run
// goes on past a comparison. Decided anew from the values so far whenever a slot is free, so nothing needs to be remembered.

import { needsOracle } from '../../experiment/metrics.ts';
import type { HalvingConfig } from '../../experiment/schema/sweep-schema.ts';

/** What a run has shown. */
export interface Contender {
  /** Its value at each comparison it has come to, from the first; NaN where there is none, which is worse than any. */
  values: readonly number[];
  /** Whether it was started again after the last of them. */
  hasGoneOn: boolean;
  /**
   * open: it may go on. finished: trained to its last epoch. failed: for good; it counts in no comparison, as if the sweep did not have
   * it.
   */
  status: 'open' | 'finished' | 'failed';
}

export type HalvingRule = Pick<HalvingConfig, 'mode' | 'minEpochs' | 'factor'>;

/** The epochs after which a run of so many is compared: minEpochs, minEpochs x factor, … below its last. */
export function listRungs({ minEpochs, factor }: HalvingRule, epochs: number): number[] {
  const rungs: number[] = [];
  for (let epoch = minEpochs; epoch < epochs; epoch *= factor) rungs.push(epoch);
  return rungs;
}

export interface Standing {
  /** From 1. */
  rank: number;
  /** Of how many so far. */
  of: number;
  /** How many of them go on. */
  quota: number;
}

/** Where a run stands at a comparison it has come to. */
export function standAt(contenders: readonly Contender[], { index, rung }: { index: number; rung: number }, rule: HalvingRule): Standing {
  const ranking = rankAt(contenders, rung, rule);
  return { rank: ranking.indexOf(index) + 1, of: ranking.length, quota: countPromoted(ranking, rule) };
}

/**
 * The run that is to go on, by its index, from the highest comparison at which one may: it is among the best
 * 1 / factor of those that have come there so far, and waits. Undefined where no run may.
 *
 * `isIdle`: no run is under way and none waits for its first epoch. Then the best run of the highest comparison goes on
 * also where fewer than `factor` have come to it, so that a sweep ends with a run that is trained to its end.
 */
export function findPromotion(contenders: readonly Contender[], rule: HalvingRule, isIdle: boolean): number | undefined {
  for (let rung = highestRung(contenders); rung >= 0; rung--) {
    const ranking = rankAt(contenders, rung, rule);
    const next = ranking.slice(0, countPromoted(ranking, rule)).find((index) => waitsAt(contenders[index]!, rung));
    if (next !== undefined) return next;
  }
  return isIdle ? findLastPromotion(contenders, rule) : undefined;
}

/**
 * The best run of the highest comparison that is the last one of some run with a value; undefined where that best run has gone on
 * already.
 */
function findLastPromotion(contenders: readonly Contender[], rule: HalvingRule): number | undefined {
  for (let rung = highestRung(contenders); rung >= 0; rung--) {
    const best = rankAt(contenders, rung, rule).find((index) => isLastAt(contenders[index]!, rung));
    if (best !== undefined) return waitsAt(contenders[best]!, rung) ? best : undefined;
  }
  return undefined;
}

/** -1 where no run has come to a comparison. */
function highestRung(contenders: readonly Contender[]): number {
  return contenders.reduce((most, { values, status }) => (status === 'failed' ? most : Math.max(most, values.length)), 0) - 1;
}

function countPromoted(ranking: readonly number[], { factor }: HalvingRule): number {
  return Math.floor(ranking.length / factor);
}

/**
 * Indices of the runs that have come to a comparison and have not failed since: best first; of equals the one that comes first in the
 * sweep.
 */
function rankAt(contenders: readonly Contender[], rung: number, { mode }: HalvingRule): number[] {
  const sign = mode === 'min' ? 1 : -1;
  const scoreOf = (index: number) => {
    const value = contenders[index]!.values[rung]!;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  };
  const entrants = contenders.flatMap(({ values, status }, index) => (values.length > rung && status !== 'failed' ? [index] : []));
  const scores = new Map(entrants.map((index) => [index, scoreOf(index)]));
  return entrants.sort((a, b) => (scores.get(a) === scores.get(b) ? a - b : scores.get(a)! - scores.get(b)!));
}

/** Whether this is the last comparison that the run has come to, with a value that counts. */
function isLastAt({ values }: Contender, rung: number): boolean {
  return values.length === rung + 1 && !Number.isNaN(values[rung]!);
}

function waitsAt(contender: Contender, rung: number): boolean {
  return contender.status === 'open' && !contender.hasGoneOn && isLastAt(contender, rung);
}

/** What describeStanding needs besides the standing. */
export interface DescribedStanding extends Standing {
  metric: string;
  factor: number;
  value: number;
  epoch: number;
  goesOn: boolean;
}

/** Where a run stood, for a person: "slicedWasserstein 0.31 was 5th of 6 after epoch 2; the best 2 go on" */
export function describeStanding({ metric, factor, value, epoch, rank, of, quota, goesOn }: DescribedStanding): string {
  if (Number.isNaN(value)) {
    const why = needsOracle(metric) ? '; the oracle tells too little for it, or could not judge: see the log of the run' : '';
    return `no ${metric} was recorded after epoch ${epoch}, so that it cannot be compared${why}`;
  }
  const place = `${metric} ${Number(value.toPrecision(3))} was ${ordinal(rank)} of ${of} after epoch ${epoch}`;
  if (goesOn) return `${place}; it goes on${quota === 0 ? ' as the best of those there are' : ''}`;
  if (quota === 0) return `${place}; the best goes on once ${factor} have come so far`;
  return `${place}; the best ${quota === 1 ? 'one goes' : `${quota} go`} on`;
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
