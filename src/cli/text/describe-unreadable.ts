// What is said of runs that are left alone because their outcomes cannot be read.

import { plural } from '../../experiment/units.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

/** One line with the first reason; none where all outcomes can be read. */
export function describeUnreadable(plan: readonly PlannedRun[]): string[] {
  const reasons = plan.flatMap(({ unreadable }) => unreadable ?? []);
  if (reasons.length === 0) return [];
  const left =
    reasons.length === 1 ? '1 run is left alone: its outcome' : `${plural(reasons.length, 'run')} are left alone: the outcome of each`;
  const example = reasons.length === 1 ? '' : ', for example';
  return [`${left} cannot be read${example} (${reasons[0]}). Mend that, then start again.`];
}
