// (pure) A run as a comparison needs it.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { RunState } from '../records.ts';
import type { FinalValues } from './final-values.ts';

export interface RunResult extends FinalValues {
  experiment: string;
  id: string;
  state: RunState;
  /** False: the experiment no longer asks for it. */
  current: boolean;
  axes: Record<string, string>;
  /** What it was trained with; null where it has not been set up, or its run.json cannot be read. */
  work: RunWork | null;
  imagesPerSecond: number | null;
  seconds: number | null;
}

export interface RunWork {
  config: RunConfig;
  dataIdentity: string;
  /** Hash of everything that decides the weights but seed and data: runs of one point on the same data are repetitions of each other. */
  point: string;
  /** The section `dataset`, as text. */
  dataset: string;
}
