// How far a run is, from its folder alone.

import { pickMetrics } from '../experiment/metrics.ts';
import { finiteOrNull } from '../experiment/units.ts';
import { readLastEvaluation } from './lines/evaluations.ts';
import { findMetrics, readLastMetrics } from './lines/metrics.ts';
import { type Run, readTraining } from './read.ts';
import type { OutcomeRecord } from './records.ts';

export interface RunProgress {
  /** Steps and epochs done; 0 before the first. */
  step: number;
  epoch: number;
  /** Of the whole run; null where they are not known, as steps are in the first epoch. */
  steps: number | null;
  epochs: number | null;
  /** Of the last step and the last evaluation, by name. */
  metrics: Record<string, number>;
  imagesPerSecond: number | null;
  /** Seconds of training so far. */
  seconds: number | null;
  /** Seconds of training left; null unless it is running and that is known. */
  secondsLeft: number | null;
  /** How often it was started: 1 + resumptions; 0 before the first. */
  attempts: number;
}

/** Reads the ends of the run's files, and once of each run how many steps it has. */
export function createProgressReader(): (run: Run) => RunProgress {
  const stepsOf = new Map<string, number>();
  return (run) => {
    const { record, outcome, state, folder } = run;
    const last = state === 'queued' ? null : readLastMetrics(folder);
    const epochs = record?.config.training.epochs ?? null;
    const perEpoch = stepsOf.get(folder) ?? readStepsPerEpoch(run);
    if (perEpoch !== null) stepsOf.set(folder, perEpoch);
    const steps = perEpoch === null || epochs === null ? null : Math.round(perEpoch * epochs);
    const step = last?.step ?? outcome?.steps ?? 0;
    const seconds = finiteOrNull(last?.seconds) ?? finiteOrNull(outcome?.seconds);
    return {
      step,
      epoch: last?.epoch ?? outcome?.epochs ?? 0,
      steps,
      epochs,
      metrics: { ...pickMetrics(last ?? {}), ...(state === 'queued' ? {} : readLastEvaluation(folder)?.values) },
      imagesPerSecond: finiteOrNull(outcome ? outcome.imagesPerSecond : last?.imagesPerSecond),
      seconds,
      secondsLeft:
        state === 'running' && steps !== null && step > 0 && seconds !== null ? Math.max(0, ((steps - step) * seconds) / step) : null,
      attempts: record ? 1 + (record.resumptions?.length ?? 0) : 0,
    };
  };
}

/**
 * The steps of an epoch, for a run without training.json, as of a former version or a foreign trainer; null where it was not trained to
 * its end.
 */
export function stepsPerEpochOf(outcome: OutcomeRecord | null): number | null {
  return outcome?.status === 'succeeded' && outcome.epochs > 0 ? outcome.steps / outcome.epochs : null;
}

function readStepsPerEpoch({ folder, outcome }: Run): number | null {
  const training = readTraining(folder);
  if (training) return training.stepsPerEpoch;
  const ofOutcome = stepsPerEpochOf(outcome);
  if (ofOutcome !== null) return ofOutcome;
  const first = findMetrics(folder, ({ epoch }) => epoch >= 2);
  return first?.epoch === 2 ? first.step - 1 : null;
}
