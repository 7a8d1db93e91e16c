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
  const evaluations = readEvaluations(runFolder).records;
  if (which === 'best') {
    const bestBy = readRun(runFolder).record?.config.evaluation.bestBy;
    return findBestCheckpoint(checkpoints, { evaluations, bestBy }) ?? checkpoints[0]!;
  }
  const stepsPerEpoch = readTraining(runFolder)?.stepsPerEpoch;
  const stepOf = (epoch: number) =>
    stepsPerEpoch ? epoch * stepsPerEpoch : evaluations.find((evaluation) => evaluation.epoch === epoch)?.step;
  const asked = 'step' in which ? which.step : stepOf(which.epoch);
  const found = checkpoints.find(({ step }) => step === asked);
  if (found) return found;
  const name = 'step' in which ? `step ${which.step}` : `epoch ${which.epoch}`;
  const kept = checkpoints.map(({ step }) =>
    stepsPerEpoch && step % stepsPerEpoch === 0 ? `${step} (epoch ${step / stepsPerEpoch})` : step,
  );
  throw new UserError(`${folder}: expected a checkpoint of ${name}, found those of step ${kept.reverse().join(', ')}.`);
}
