// Room: model/training/checkpoints. Which checkpoints stay on disk: the newest, and the best by the evaluation. Pure.

import type { EvaluationRecord } from '../../../results/records.ts';

export interface CheckpointFile {
  path: string;
  step: number;
}

/**
 * Of the checkpoints up to the one just written at `step`, those that may go: neither among the `keep` newest, nor the best.
 * Later ones, damaged perhaps, that the run fell back from, do not count and stay.
 */
export function removableCheckpoints(
  checkpoints: readonly CheckpointFile[],
  { evaluations, keep, step }: { evaluations: readonly EvaluationRecord[]; keep: number; step: number },
): CheckpointFile[] {
  const own = checkpoints.filter((checkpoint) => checkpoint.step <= step).sort((a, b) => b.step - a.step);
  const best = findBestCheckpoint(own, evaluations);
  return own.slice(keep).filter((checkpoint) => checkpoint !== best);
}

/**
 * The checkpoint of the generator closest to the real pictures; of equals the later. undefined where none was evaluated.
 * Since the best is always kept, the best of those on disk is the best of all that were written.
 */
export function findBestCheckpoint(
  checkpoints: readonly CheckpointFile[],
  evaluations: readonly EvaluationRecord[],
): CheckpointFile | undefined {
  const distances = new Map(evaluations.map(({ step, slicedWasserstein }) => [step, slicedWasserstein]));
  const distanceOf = ({ step }: CheckpointFile) => distances.get(step) ?? Number.NaN;
  return checkpoints
    .filter((checkpoint) => Number.isFinite(distanceOf(checkpoint)))
    .sort((a, b) => distanceOf(a) - distanceOf(b) || b.step - a.step)[0];
}
