// (pure) A metric of a run at its end and, in brackets, at its best checkpoint.

import { describeMetric, type Metric } from '../../experiment/metrics.ts';
import type { DeclaredMetrics } from '../../experiment/schema/sections/trainer.ts';
import { formatNumber } from '../../experiment/units.ts';

import type { Cell } from '../text/table.ts';

type Values = Readonly<Record<string, number>>;

/** A run at its end and, where that is known, at its best checkpoint: values by the metric's name. */
export interface Ends {
  last: Values;
  best: Values | undefined;
}

/**
 * How the cells of a column are written: `0.152 (0.150)`, or `0.152` with room in place of brackets where the best is the same, so that
 * numbers stand below each other. Without brackets where they would say nothing in the whole column, as for losses.
 */
export function createEndsFormat({ name }: Metric, runs: readonly Ends[]): (run: Ends) => string {
  const ofBest = ({ best }: Ends) => (best?.[name] === undefined ? '' : ` (${formatNumber(best[name])})`);
  const ofLast = ({ last }: Ends) => formatNumber(last[name]);
  const isOther = (run: Ends) => ofBest(run) !== '' && ofBest(run) !== ` (${ofLast(run)})`;
  const room = Math.max(0, ...runs.filter(isOther).map((run) => ofBest(run).length));
  return (run) => `${ofLast(run)}${(isOther(run) ? ofBest(run) : '').padEnd(room)}`;
}

/** What stands in the brackets; '' where none of these cells has some. `bestBy`: the metrics that have decided, as often as they have. */
export function describeEnds(cells: readonly Cell[], bestBy: readonly string[], declared: DeclaredMetrics = {}): string {
  if (!cells.some(({ text }) => / \([^()]+\)$/.test(text))) return '';
  const labels = [...new Set(bestBy)].map((name) => describeMetric(name, 'evaluation', declared).label);
  return `In brackets: at the best checkpoint, by ${labels.join(' or ')}.`;
}
