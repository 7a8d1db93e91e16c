// Which checkpoint of a run is meant.

import { UserError } from '../../experiment/user-error.ts';
import { readEvaluations } from '../../results/lines/evaluations.ts';
import { checkpointsFolder } from '../../results/paths.ts';
import { readRun, readTraining } from '../../results/read.ts';
import { findBestCheckpoint } from '../training/checkpoints/best-checkpoint.ts';
import { type CheckpointFile, listCheckpoints } from '../training/checkpoints/checkpoint.ts';

/** Which of the checkpoints that the run keeps. */
export type WhichCheckpoint = 'best' | { epoch: number } | { step: number };

/** The best by its evaluation (the newest where none was evaluated), or the one that is named. Throws a UserError where there is none. */
export function findCheckpoint(runFolder: string, which: WhichCheckpoint): CheckpointFile {
  const checkpoints = listCheckpoints(runFolder);
  const folder = checkpointsFolder(runFolder);
  if (checkpoints.length === 0) throw new UserError(`${folder}: expected a checkpoint, found none. A run writes its first after an epoch.`);
  if (which === 'best') {
    const bestBy = readRun(runFolder).record?.config.evaluation.bestBy;
    return findBestCheckpoint(checkpoints, { evaluations: readEvaluations(runFolder).records, bestBy }) ?? checkpoints[0]!;
  }
  const epochOf = createEpochTeller(runFolder);
  const found = checkpoints.find(({ step }) => ('step' in which ? step === which.step : epochOf(step) === which.epoch));
  if (found) return found;
  const name = 'step' in which ? `step ${which.step}` : `epoch ${which.epoch}`;
  const kept = checkpoints.map(({ step }) => (epochOf(step) === null ? step : `${step} (epoch ${epochOf(step)})`));
  throw new UserError(`${folder}: expected a checkpoint of ${name}, found those of step ${kept.reverse().join(', ')}.`);
}

/**
 * Tells with which epoch a step ends: by the steps of an epoch that the trainer stored, or, in a run of a former version, by its
 * evaluations. null where the step ends none, or nothing tells.
 */
export function createEpochTeller(runFolder: string): (step: number) => number | null {
  const stepsPerEpoch = readTraining(runFolder)?.stepsPerEpoch;
  if (stepsPerEpoch) return (step) => (step % stepsPerEpoch === 0 ? step / stepsPerEpoch : null);
  const epochs = new Map(readEvaluations(runFolder).records.map(({ step, epoch }) => [step, epoch]));
  return (step) => epochs.get(step) ?? null;
}
