// (pure) A metric of a run at its end and, in brackets, at its best checkpoint.

import { describeMetric, type Metric } from '../../experiment/metrics.ts';
import { formatNumber } from '../../experiment/units.ts';

type Values = Readonly<Record<string, number>>;

/** `0.152 (0.150)`; without brackets where nothing is known of a best checkpoint, as for losses. */
export function formatEnds({ name }: Metric, last: Values, best: Values | undefined): string {
  const ofBest = best?.[name];
  return ofBest === undefined ? formatNumber(last[name]) : `${formatNumber(last[name])} (${formatNumber(ofBest)})`;
}

/** What stands in the brackets. `bestBy`: the metrics that have decided, as often as they have. */
export function describeEnds(bestBy: readonly string[]): string {
  const labels = [...new Set(bestBy)].map((name) => describeMetric(name, 'evaluation').label);
  return `In brackets: at the best checkpoint, by ${labels.join(' or ')}.`;
}
