// (pure) What a run is worth, last and best, from its files: evaluation.json where it has one, else the lines of evaluations.jsonl.

import { describeMetric, JUDGING_METRIC, pickMetrics } from '../../experiment/metrics.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { EvaluationFile, EvaluationRecord, MetricsRecord } from '../records.ts';

export interface FinalValues {
  /** Of the last step and the last evaluation, by the metric's name. */
  last: Record<string, number>;
  /** Of the best evaluated checkpoint; null where none was evaluated by `bestBy`. */
  best: BestValues | null;
  /** The metric that decides which one is the best. */
  bestBy: string;
  judge: Judge;
  /** evaluation.json; null where there is none, or where the run has been trained further since. */
  evaluation: EvaluationFile | null;
}

export interface BestValues {
  step: number;
  epoch: number;
  values: Record<string, number>;
}

/** By what a run's values were measured. Values of two judges are not comparable. */
export interface Judge {
  /** end: on many pictures, as evaluation.json has them. training: on few, while it was trained. never: there are only losses. */
  when: 'end' | 'training' | 'never';
  /** Identity of the oracle; null for none, or where the file does not tell. */
  oracle: string | null;
  /** Generated pictures; null where the file does not tell. */
  pictures: number | null;
}

export interface RunSources {
  config: RunConfig | null;
  lastMetrics: MetricsRecord | null;
  /** By step. */
  evaluations: readonly EvaluationRecord[];
  evaluation: EvaluationFile | null;
}

export function findFinalValues({ config, lastMetrics, evaluations, evaluation }: RunSources): FinalValues {
  const losses = pickMetrics(lastMetrics ?? {});
  const lastStep = Math.max(lastMetrics?.step ?? 0, evaluations.at(-1)?.step ?? 0);
  if (evaluation !== null && evaluation.last.step >= lastStep) {
    const { oracle, bestBy, last, best } = evaluation;
    return {
      last: { ...losses, ...last.values },
      best: { step: best.step, epoch: best.epoch, values: best.values },
      bestBy,
      judge: { when: 'end', oracle: oracle?.identity ?? null, pictures: last.pictures },
      evaluation,
    };
  }
  const bestBy = chooseBestBy(config, evaluations);
  return {
    last: { ...losses, ...latestValues(evaluations) },
    best: findBest(evaluations, bestBy),
    bestBy,
    judge: { when: evaluations.length > 0 ? 'training' : 'never', oracle: null, pictures: null },
    evaluation: null,
  };
}

/** Of each metric the newest value: some are measured more seldom than others. */
function latestValues(evaluations: readonly EvaluationRecord[]): Record<string, number> {
  const latest: Record<string, number> = {};
  for (const { values } of evaluations) Object.assign(latest, values);
  return latest;
}

/** The metric that the run's configuration names; by itself the Frechet distance where that was measured. */
function chooseBestBy(config: RunConfig | null, evaluations: readonly EvaluationRecord[]): string {
  const { evaluation } = (config ?? {}) as { evaluation?: { bestBy?: unknown } };
  const wanted = evaluation?.bestBy;
  if (typeof wanted === 'string' && describeMetric(wanted, 'evaluation').better !== null) return wanted;
  return evaluations.some(({ values }) => values.frechetDistance !== undefined) ? 'frechetDistance' : JUDGING_METRIC.name;
}

/** Of equally good ones the latest. */
function findBest(evaluations: readonly EvaluationRecord[], bestBy: string): BestValues | null {
  const sign = describeMetric(bestBy, 'evaluation').better === 'max' ? -1 : 1;
  let best: EvaluationRecord | null = null;
  for (const evaluation of evaluations) {
    const cost = sign * (evaluation.values[bestBy] ?? Number.NaN);
    if (Number.isFinite(cost) && (best === null || cost <= sign * best.values[bestBy]!)) best = evaluation;
  }
  return best && { step: best.step, epoch: best.epoch, values: best.values };
}
