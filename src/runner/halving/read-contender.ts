// Room: runner/halving. What a run has shown so far, for successive halving: read from its metrics and evaluations alone.

import { describeMetric } from '../../experiment/metrics.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { readMetrics } from '../../results/lines/metrics.ts';
import { metricsFile } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import type { EvaluationRecord, MetricsRecord } from '../../results/records.ts';
import type { Contender } from './halving.ts';

/** `rungs`: the epochs after which this run is compared. `values` has an entry for each of them that it has trained to its end. */
export function readContender(folder: string, rungs: readonly number[], metric: string): Pick<Contender, 'values' | 'isBeyond'> {
  const { records } = readMetrics(metricsFile(folder));
  const { records: evaluations } = readEvaluations(folder);
  const { outcome } = readRun(folder);
  const begun = records.at(-1)?.epoch ?? 0;
  const settled = outcome?.status === 'succeeded' || outcome?.status === 'stopped-early' ? outcome.epochs : 0;
  const isOver = (epoch: number) => begun > epoch || settled >= epoch || evaluations.some((evaluation) => evaluation.epoch >= epoch);
  const over = rungs.filter(isOver);
  return {
    values: over.map((epoch) => averageEpoch(epoch, metric, { records, evaluations })),
    isBeyond: begun > (over.at(-1) ?? 0),
  };
}

/** The value of one epoch, whether or not its files show that it is over. NaN where nothing was recorded. */
export function readEpochValue(folder: string, epoch: number, metric: string): number {
  const { records } = readMetrics(metricsFile(folder));
  return averageEpoch(epoch, metric, { records, evaluations: readEvaluations(folder).records });
}

/** A training metric is averaged over the steps of the epoch. */
function averageEpoch(
  epoch: number,
  metric: string,
  { records, evaluations }: { records: readonly MetricsRecord[]; evaluations: readonly EvaluationRecord[] },
): number {
  if (describeMetric(metric, 'step').when === 'evaluation')
    return evaluations.findLast((evaluation) => evaluation.epoch === epoch)?.values[metric] ?? Number.NaN;
  const steps = records.filter((record) => record.epoch === epoch);
  return steps.length === 0 ? Number.NaN : steps.reduce((sum, record) => sum + (record[metric] ?? Number.NaN), 0) / steps.length;
}
