// (pure) Which checkpoint is the best by its evaluation, and which may be removed.

import { JUDGING_METRIC } from '../../../experiment/metrics.ts';
import type { EvaluationRecord } from '../../../results/records.ts';
import type { CheckpointFile } from './checkpoint.ts';

/**
 * The checkpoint whose evaluation is the best by JUDGING_METRIC, and the latest of those that are equal. undefined where none
 * was evaluated. Since the best is always kept, the best of those on disk is the best of all that were written.
 */
export function findBestCheckpoint(
  checkpoints: readonly CheckpointFile[],
  evaluations: readonly EvaluationRecord[],
): CheckpointFile | undefined {
  const { name, better } = JUDGING_METRIC;
  const values = new Map(evaluations.map((evaluation) => [evaluation.step, evaluation.values[name]]));
  const costOf = ({ step }: CheckpointFile) => (better === 'max' ? -1 : 1) * (values.get(step) ?? Number.NaN);
  return checkpoints
    .filter((checkpoint) => Number.isFinite(costOf(checkpoint)))
    .sort((a, b) => costOf(a) - costOf(b) || b.step - a.step)[0];
}

/**
 * Of the checkpoints up to the one just written at `step`, those that are neither among the `keep` newest nor the best. Later ones stay
 * and do not count: the run has fallen back from them, because they were damaged.
 */
export function removableCheckpoints(
  checkpoints: readonly CheckpointFile[],
  { evaluations, keep, step }: { evaluations: readonly EvaluationRecord[]; keep: number; step: number },
): CheckpointFile[] {
  const own = checkpoints.filter((checkpoint) => checkpoint.step <= step).sort((a, b) => b.step - a.step);
  const best = findBestCheckpoint(own, evaluations);
  return own.slice(keep).filter((checkpoint) => checkpoint !== best);
}
