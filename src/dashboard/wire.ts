// What the server tells the browser: plain JSON, read by client/. Types and names only.

import type { RunState } from '../results/records.ts';
import type { SweepProgress } from './data/api.ts';

/** Replaces a run's curves from `fromStep` on. What lies before it stays. */
export interface SeriesPatch {
  fromStep: number;
  /** Steps in a bucket. Buckets begin at steps 1, 1 + bucketSteps, …; the first bucket of the patch begins at `fromStep`. */
  bucketSteps: number;
  /** The last step that was recorded. */
  lastStep: number;
  /** For each bucket: seconds of training at its last record. */
  seconds: number[];
  /** By name, the metrics of steps that the run has recorded. */
  curves: Record<string, CurvePatch>;
}

export interface CurvePatch {
  /** step, value, step, value, … of each bucket's smallest and largest value; null where a value was not finite. */
  points: (number | null)[];
  /** For each bucket: the mean of its values; null where one is not finite. Absent while a bucket is one step. */
  means?: (number | null)[];
}

export interface GridGeometry {
  imageSize: number;
  gap: number;
  rows: number;
  columns: string[];
}

/** A run as the charts, the grids and the legend need it. */
export interface RunView {
  id: string;
  label: string;
  axes: Record<string, string>;
  /** null while the run has not been set up. */
  attributes: string[] | null;
  state: RunState;
  /** The state in words for a person. */
  stateWords: string;
  /** False for a run that the experiment file no longer asks for. */
  current: boolean;
  /** The last step that it has done. */
  step: number;
  epochs: number | null;
  stepsPerEpoch: number | null;
  /** Epoch -> version of its picture, in epoch order. */
  samples: [epoch: number, version: string][];
  /** By the metric's name: evaluated step and value, in order of steps; null for a value that was not finite. */
  evaluations: Record<string, [step: number, value: number | null][]>;
  grid: GridGeometry | null;
  /** Of its page, from the dashboard's root on. */
  url: string;
}

/** What a run's row in the table says besides its view. */
export interface RowFacts {
  /** Why it ended, or what a person should know of one that succeeded. */
  message: string | null;
  /** Of the whole run; null while the length of an epoch is unknown. */
  steps: number | null;
  epoch: number;
  /** For each metric that is a column. */
  figures: RowFigure[];
  imagesPerSecond: number | null;
  seconds: number | null;
  /** null unless it is running and its length is known. */
  secondsLeft: number | null;
}

/** The last value and, where there is one, that at the best checkpoint; what is not finite by its name, as `NaN`. */
export type RowFigure = [last: number | string | null, best?: number | string];

export interface RunChange {
  id: string;
  /** Present where it changed. */
  view?: RunView;
  /** What its table row says besides. Present with `view`. */
  row?: RowFacts;
  series?: SeriesPatch;
}

/** Everything that changed since the cursor that was sent. */
export interface ExperimentChanges {
  /** Of how many runs the curves have been read. */
  reading: { done: number; of: number };
  /** Send it with the next request. */
  cursor: string;
  /** Whether any run is being trained, so that asking again soon makes sense. */
  isActive: boolean;
  /** The sweep's axes, which are columns of the table. */
  axes: string[];
  /** The names of the metrics that have charts and columns. A page that was made for others is loaded again. */
  metrics: string[];
  /** All run ids in the experiment's order. Present where it changed. */
  order?: string[];
  runs: RunChange[];
  /** The page's summary as HTML. */
  summary: string;
  sweep: SweepProgress;
  /** The points of the sweep side by side, as HTML; empty while no run has come to its end. */
  comparison: string;
  /** Which runner is at work: send it to stop that one. null: nobody, or this dashboard may not stop it. */
  runner: string | null;
}

/** Answer to a request to stop. */
export interface StopReply {
  asked?: 'graceful' | 'forced';
  /** Why nobody was asked, in a few words. */
  error?: string;
}

/** What a page may do with its run. */
export interface RunActions {
  /** stop: it trains or waits. The others: a command is started that goes on with it. null: nothing. */
  offer: 'stop' | 'start' | 'continue' | 'retry' | null;
  /** Which runner is at work; null: nobody. */
  runner: string | null;
  /** A command that was asked for has not said yet what became of it. */
  isStarting: boolean;
  /** What it said, in a line; empty where none was asked for lately. */
  said: string;
}

/** Answer to such a request. */
export interface RunActionReply {
  asked?: 'stop' | 'end' | 'go-on';
  /** Why nothing was done, in a few words. */
  error?: string;
}

/** Answer to a note that was sent: what it is now. */
export interface NoteReply {
  text?: string;
  tags?: string[];
  /** Why nothing was written, in a few words. */
  error?: string;
}

/** Lines of a log that hold what was searched for. */
export interface LogMatches {
  /** Lines of the log. */
  of: number;
  /** Those that match. */
  count: number;
  /** The last of them: number, from 1, and text. */
  lines: [number: number, text: string][];
}

/** Everything that changed about one run since the cursor that was sent. */
export interface RunPageChanges {
  cursor: string;
  /** Whether the curves of this run have been read. */
  reading: { done: number; of: number };
  isActive: boolean;
  metrics: string[];
  order?: string[];
  runs: RunChange[];
  /** State, message and figures as HTML. */
  summary: string;
  /** null: this page may do nothing. */
  actions: RunActions | null;
  /** The end of the log. Present where it differs from the version that was sent. */
  log?: { version: string; text: string };
}

export interface OverviewChanges {
  cursor: string;
  isActive: boolean;
  /** The list of experiments as HTML. Present where it changed. */
  html?: string;
}
