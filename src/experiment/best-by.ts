// (pure) Which evaluation of a run is its best, and by which metric.

import { describeMetric, type Metric } from './metrics.ts';
import type { DeclaredMetrics } from './schema/sections/trainer.ts';

/** Without a word in the file: the first of these that was measured. */
const BY_ITSELF = ['frechetDistance', 'slicedWasserstein'] as const;

interface Evaluated {
  /** By the metric's name. */
  values: Readonly<Record<string, number>>;
}

/**
 * The metric that decides: the one that is named (`evaluation.bestBy`), where it was measured; else what was measured. Runs of former
 * versions have no distance in an oracle's features, and a run may go on that began as one of them. Of a trainer of somebody else, the first of
 * its own metrics (`declared`) of which less or more is better.
 */
export function chooseJudge(bestBy: string | undefined, evaluations: readonly Evaluated[], declared: DeclaredMetrics = {}): Metric {
  const isMeasured = (name: string | undefined): name is string =>
    name !== undefined && evaluations.some(({ values }) => Number.isFinite(values[name]));
  const own = Object.keys(declared).filter((name) => declared[name]!.better !== undefined);
  return describeMetric([bestBy, ...own, ...BY_ITSELF].find(isMeasured) ?? BY_ITSELF[1], 'evaluation', declared);
}

/** Of equally good ones the latest; undefined where none has a finite value. `evaluations`: from the first on. */
export function findBestEvaluation<T extends Evaluated>(evaluations: readonly T[], { name, better }: Metric): T | undefined {
  const sign = better === 'max' ? -1 : 1;
  let best: { evaluation: T; cost: number } | undefined;
  for (const evaluation of evaluations) {
    const cost = sign * (evaluation.values[name] ?? Number.NaN);
    if (Number.isFinite(cost) && (best === undefined || cost <= best.cost)) best = { evaluation, cost };
  }
  return best?.evaluation;
}
