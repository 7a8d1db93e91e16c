// (pure) What a run is worth, last and best, from its files: evaluation.json where it has one, else the lines of evaluations.jsonl.

import { chooseJudge, findBestEvaluation } from '../../experiment/best-by.ts';
import { pickMetrics, uniteDeclared } from '../../experiment/metrics.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { DeclaredMetrics } from '../../experiment/schema/sections/trainer.ts';
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
  /** What its own trainer says of its metrics. */
  declared: DeclaredMetrics;
}

interface BestValues {
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
  const declared = uniteDeclared([config]);
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
      declared,
    };
  }
  const bestBy = chooseJudge(config?.evaluation.bestBy, evaluations, declared);
  const best = findBestEvaluation(evaluations, bestBy);
  return {
    last: { ...losses, ...latestValues(evaluations) },
    best: best === undefined ? null : { step: best.step, epoch: best.epoch, values: best.values },
    bestBy: bestBy.name,
    judge: { when: evaluations.length > 0 ? 'training' : 'never', oracle: null, pictures: null },
    evaluation: null,
    declared,
  };
}

/** Of each metric the newest value: some are measured more seldom than others. */
function latestValues(evaluations: readonly EvaluationRecord[]): Record<string, number> {
  const latest: Record<string, number> = {};
  for (const { values } of evaluations) Object.assign(latest, values);
  return latest;
}
