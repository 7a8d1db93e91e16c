// (pure) In which order the runs of a sweep start.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { PlannedRun } from './plan.ts';

export const ORDERS = ['seeds', 'file'] as const;

export type Order = (typeof ORDERS)[number];

/**
 * seeds: the first seed of every sweep point comes before the second of any, so that all points can be compared early. Runs of
 * the same round keep the order of the file. Runs that are done count too, so that a continued sweep keeps its order.
 * file: the order of the file.
 */
export function orderRuns(plan: readonly PlannedRun[], order: Order): PlannedRun[] {
  if (order === 'file') return [...plan];
  const rounds: PlannedRun[][] = [];
  const seen = new Map<string, number>();
  for (const run of plan) {
    const point = describeWithoutSeed(run.point.config);
    const round = seen.get(point) ?? 0;
    seen.set(point, round + 1);
    rounds[round] ??= [];
    rounds[round].push(run);
  }
  return rounds.flat();
}

/** The same text for runs that differ in nothing but their seed. */
function describeWithoutSeed({ training: { seed: _, ...training }, ...config }: RunConfig): string {
  return JSON.stringify({ ...config, training });
}
