// Room: runner/halving (pure). Asynchronous successive halving (ASHA, Li et al. 2018, arXiv 1810.05934, algorithm 2): which run
// goes on past a comparison. Decided anew from the values so far whenever a slot is free, so nothing needs to be remembered.

import type { HalvingConfig } from '../../experiment/schema/schema.ts';

/** What a run has shown. */
export interface Contender {
  /** Its value at each comparison it has come to, from the first; NaN where there is none, which is worse than any. */
  values: readonly number[];
  /** Whether it has gone on past the last of them, even if it failed then. */
  isBeyond: boolean;
  /** Whether it can go on: it is neither finished nor has it failed for good. */
  isOpen: boolean;
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
  return { rank: ranking.indexOf(index) + 1, of: ranking.length, quota: Math.floor(ranking.length / rule.factor) };
}

/**
 * The run that is to go on, by its index, from the highest comparison at which one may: it is among the best
 * 1 / factor of those that have come there so far, and waits. Undefined where none may.
 *
 * `isIdle`: nothing else is to come by itself. Then the best of the highest comparison goes on even where too few runs
 * have come to it, so that a finite sweep ends with a run that is trained to its end.
 */
export function findPromotion(contenders: readonly Contender[], rule: HalvingRule, isIdle: boolean): number | undefined {
  const highest = Math.max(0, ...contenders.map(({ values }) => values.length)) - 1;
  for (let rung = highest; rung >= 0; rung--) {
    const ranking = rankAt(contenders, rung, rule);
    const best = ranking.slice(0, Math.floor(ranking.length / rule.factor));
    const next = best.find((index) => waitsAt(contenders[index]!, rung));
    if (next !== undefined) return next;
  }
  if (!isIdle || highest < 0) return undefined;
  const best = rankAt(contenders, highest, rule).find((index) => waitsAt(contenders[index]!, highest) || contenders[index]!.isBeyond);
  return best === undefined || contenders[best]!.isBeyond ? undefined : best;
}

/** Best first; of equals the one that comes first in the sweep. */
function rankAt(contenders: readonly Contender[], rung: number, { mode }: HalvingRule): number[] {
  const sign = mode === 'min' ? 1 : -1;
  const scoreOf = (index: number) => {
    const value = contenders[index]!.values[rung]!;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  };
  const entrants = contenders.flatMap(({ values }, index) => (values.length > rung ? [index] : []));
  const values = new Map(entrants.map((index) => [index, scoreOf(index)]));
  return entrants.sort((a, b) => (values.get(a) === values.get(b) ? a - b : values.get(a)! - values.get(b)!));
}

function waitsAt({ values, isBeyond, isOpen }: Contender, rung: number): boolean {
  return isOpen && !isBeyond && values.length === rung + 1 && !Number.isNaN(values[rung]!);
}
