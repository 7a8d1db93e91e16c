// (pure) Which checkpoint is the best by its evaluation, and which may be removed.

import { chooseJudge, findBestEvaluation } from '../../../experiment/best-by.ts';
import type { EvaluationRecord } from '../../../results/records.ts';
import type { CheckpointFile } from './checkpoint.ts';

interface Evaluations {
  /** By step. */
  evaluations: readonly EvaluationRecord[];
  /** `evaluation.bestBy` of the run. */
  bestBy?: string | undefined;
}

/**
 * The checkpoint whose evaluation is the best, and the latest of those that are equal. undefined where none was evaluated. Since the best
 * is always kept, the best of those on disk is the best of all that were written.
 */
export function findBestCheckpoint(checkpoints: readonly CheckpointFile[], evaluations: Evaluations): CheckpointFile | undefined {
  return judge(checkpoints, evaluations).best;
}

/** The newest of the checkpoints, the best, and the metric that decides which one that is; the newest where none was evaluated. */
export function findJudgedCheckpoints(
  checkpoints: readonly CheckpointFile[],
  evaluations: Evaluations,
): { last: CheckpointFile; best: CheckpointFile; bestBy: string } {
  const { best, metric } = judge(checkpoints, evaluations);
  const last = checkpoints.reduce((newest, checkpoint) => (checkpoint.step > newest.step ? checkpoint : newest));
  return { last, best: best ?? last, bestBy: metric.name };
}

function judge(checkpoints: readonly CheckpointFile[], { evaluations, bestBy }: Evaluations) {
  const byStep = new Map(checkpoints.map((checkpoint) => [checkpoint.step, checkpoint]));
  const kept = evaluations.filter(({ step }) => byStep.has(step));
  const metric = chooseJudge(bestBy, kept);
  const best = findBestEvaluation(kept, metric);
  return { metric, best: best && byStep.get(best.step) };
}

/**
 * Of the checkpoints up to the one just written at `step`, those that are neither among the `keep` newest nor the best. Later ones stay
 * and do not count: the run has fallen back from them, because they were damaged.
 */
export function removableCheckpoints(
  checkpoints: readonly CheckpointFile[],
  { keep, step, ...evaluations }: Evaluations & { keep: number; step: number },
): CheckpointFile[] {
  const own = checkpoints.filter((checkpoint) => checkpoint.step <= step).sort((a, b) => b.step - a.step);
  const best = findBestCheckpoint(own, evaluations);
  return own.slice(keep).filter((checkpoint) => checkpoint !== best);
}
