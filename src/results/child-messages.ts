// (pure) What passes between a process that works on a run and the one that started it, but for files: messages, exit codes, answers.

import type { RunConfig } from '../experiment/schema/schema.ts';

/** Sent by the child to its parent; may be lost. */
export type ProgressMessage =
  | { type: 'phase'; phase: string }
  | {
      type: 'progress';
      step: number;
      steps: number;
      epoch: number;
      epochs: number;
      imagesPerSecond: number;
      secondsLeft: number;
      /** Of the last step, by name. A trainer of somebody else may write them beside the other fields. */
      metrics: Record<string, number>;
    };

/** Sent by the parent to its child, beside stop.json: finish the step, write a checkpoint, exit with STOPPED_EXIT_CODE. */
export interface StopMessage {
  type: 'stop';
}

/** Exit code of a child that stopped cleanly because it was asked to; no outcome.json is written. */
export const STOPPED_EXIT_CODE = 75;

/** Exit code of a child that has failed and could not write that down; its log may be silent for the same reason. */
export const UNWRITABLE_EXIT_CODE = 74;

/** What drawing the sample grids of a run again came to; from the process that draws. */
export interface RedrawnGrids {
  /** Those that were drawn. */
  epochs: number[];
  /** Grids of other epochs, which ask for something else, moved to samples/former. */
  setAside: number;
  /** Checkpoints that could not be used, a line each. */
  problems: string[];
  /** In a line, where another kind of backend drew than trained the run. */
  note?: string;
}

/** How a run is to be measured again; to the process that measures. */
export interface EvaluateOptions {
  /** Use the oracle also where the run's own configuration would not, since it was trained for a short time. */
  oracle: boolean;
  /** In place of the run's own section. */
  evaluation?: RunConfig['evaluation'];
}

/** From the process that measured a run again, and wrote its evaluation.json. */
export interface EvaluatedRun {
  /** In a line, where another kind of backend measured than trained the run. */
  note?: string;
}
