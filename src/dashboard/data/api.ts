// What the data routes answer: plain JSON, read by client/. Types and names only. Every address in it is relative to the dashboard's
// root and has no leading slash. null stands for a value that was not finite, or is not known.
//
//   GET api/experiments/NAME/runs?since=CURSOR                                            ExperimentData
//   GET api/experiments/NAME/series?metric=M[&metric=M][&run=ID]*[&from=1][&to=N][&points=400][&since=CURSOR]   SeriesReply
//   GET api/experiments/NAME/bands?metric=M[&metric=M][&by=FIELD]*[&from=1][&to=N][&points=200]                 BandsReply
//   GET api/experiments/NAME/comparison[?x=FIELD]                                         ComparisonReply
//   GET api/experiments/NAME/comparison.csv, comparison.json                              what `facet compare NAME` writes, --csv or --json
//   GET api/experiments/NAME/grids[?run=ID]*                                              GridsReply
//   GET experiments/NAME/runs/ID/samples/EPOCH.png?v=VERSION[&rows=N]                     a picture; with rows only its first rows

import type { Metric } from '../../experiment/metrics.ts';
import type { Spread } from '../../results/compare/spread.ts';
import type { RunState } from '../../results/records.ts';

export type { Metric };

export type Scalar = string | number | boolean | null;

export interface ExperimentData {
  /** Send it as `since` with the next request. */
  cursor: string;
  /** Whether any run is being trained, so that asking again soon makes sense. */
  isActive: boolean;
  reading: Reading;
  sweep: SweepProgress;
  /** The sweep's axes, in the order of the file: keys of `RunData.axes`. */
  axes: string[];
  /** The metrics that occur, in the order in which tables and charts show them; with their direction, unit and meaning. */
  metrics: Metric[];
  /** All run ids in the experiment's order. Present where it changed. */
  order?: string[];
  /** Present where it changed. */
  parameters?: ParameterTable;
  /** The runs that changed since the cursor. */
  runs: RunData[];
  problems: string[];
}

/** Curves fill in: runs whose metrics have been read, of how many. Ask again soon while `done` is less. */
export interface Reading {
  done: number;
  of: number;
}

export interface SweepProgress {
  /** Runs that the file asks for; those with nothing left to do; those that failed. */
  runs: number;
  done: number;
  failed: number;
  /** Of all steps of all runs, 0 to 1; null while no run's length is known. */
  share: number | null;
  /** Seconds until all runs are at their end, at the present pace and number of runs at once; null where nothing runs. */
  secondsLeft: number | null;
}

/** The configuration of the runs: only what differs for each of them, what is the same once. Fields as `training.learningRate`. */
export interface ParameterTable {
  fields: string[];
  /** By run id, in the order of `fields`; null for a run that has not been set up. */
  values: Record<string, Scalar[] | null>;
  common: Record<string, Scalar>;
}

/** A run for tables, cards, charts and comparison. */
export interface RunData {
  id: string;
  label: string;
  /** Of its page. */
  url: string;
  axes: Record<string, string>;
  /** null while the run has not been set up. */
  attributes: string[] | null;
  state: RunState;
  /** The state in words for a person. */
  stateWords: string;
  message: string | null;
  note: string | null;
  /** What a person has written on it. */
  written: { text: string; tags: string[] };
  /** False for a run that the experiment file no longer asks for. */
  current: boolean;
  step: number;
  steps: number | null;
  epoch: number;
  epochs: number | null;
  stepsPerEpoch: number | null;
  seconds: number | null;
  secondsLeft: number | null;
  imagesPerSecond: number | null;
  /** By metric: of the last step and the last evaluation. */
  last: Record<string, number | null>;
  /** Of its best checkpoint, and the metric that chose it. */
  best: { epoch: number; step: number; by: string; values: Record<string, number | null> } | null;
  /** By what the values were measured: those of two judges are not comparable. */
  judge: { when: 'end' | 'training' | 'never'; oracle: string | null; pictures: number | null };
  /** By metric: what real pictures have against held-out ones. */
  real: Record<string, number | null>;
  /** By metric: evaluated step and value, by step. */
  evaluations: Record<string, [step: number, value: number | null][]>;
  /** What could not be read of it, a line each. */
  problems: string[];
}

export interface SeriesReply {
  /** Send it as `since` with the next request for the same range: runs without new steps are left out of the answer. */
  cursor: string;
  reading: Reading;
  runs: RunSeriesData[];
}

/** A run's metrics of steps in a range. Of metrics of evaluations `RunData.evaluations` has every value. */
export interface RunSeriesData {
  id: string;
  /** The last step that was recorded, in the range or after it. */
  lastStep: number;
  /** Steps in a bucket; 1: every single step is there. Buckets begin at steps 1, 1 + bucketSteps, … */
  bucketSteps: number;
  /** The first step of the first bucket. */
  firstStep: number;
  /** For each bucket: seconds of training at its last record. */
  seconds: number[];
  curves: Record<string, SeriesCurve>;
}

export interface SeriesCurve {
  /** step, value, step, value, … of each bucket's smallest and largest value, by step: no spike is lost. */
  points: (number | null)[];
  /** For each bucket: the mean of its values. Absent while a bucket is one step. */
  means?: (number | null)[];
}

export interface BandsReply {
  cursor: string;
  reading: Reading;
  by: string;
  groups: GroupBands[];
}

/** Runs that have the same value of a field: all members, whichever of them a page shows. */
export interface GroupBands {
  /** Of several fields, one after another with ' · ' between; '' for runs whose value is not known yet. */
  value: string;
  label: string;
  /** Ids of all members. */
  runs: string[];
  /** By metric. */
  bands: Record<string, Band>;
}

/** A list entry for each bucket, or for each evaluated step. */
export interface Band {
  /** Its last step: where to draw it. */
  steps: number[];
  /** Members that have a finite value there. */
  count: number[];
  /** Mean over the members, of each the mean in the bucket. */
  mean: (number | null)[];
  /** Standard deviation of those (n - 1); null for fewer than two members. */
  deviation: (number | null)[];
  /** Of all values of all members. */
  min: (number | null)[];
  max: (number | null)[];
}

/** What the points of the sweep are worth, over the runs that have come to their end, as `facet compare` has it. */
export interface ComparisonReply {
  cursor: string;
  /** The field along x, of those that can be. '' while there is no point. */
  x: string;
  choices: string[];
  /** Whether everything but x was averaged over, since there would be too many lines. */
  isAveraged: boolean;
  /** Whether any point is something else at the best checkpoints than at the end. */
  hasOtherBest: boolean;
  /** Those that tell the points apart. */
  fields: string[];
  /** All that any of the points has, in the order of tables. */
  metrics: Metric[];
  /** By metric: what real pictures have; empty where several judges were at work. */
  real: Record<string, number>;
  points: PointData[];
  notes: string[];
}

export interface PointData {
  /** Field -> value, as written for a person. */
  values: Record<string, string>;
  /** How many; null where that is not known. */
  attributes: number | null;
  runs: PointRun[];
  last: Record<string, Spread>;
  best: Record<string, Spread>;
  /** Metrics of which no other point has a better mean. */
  isBest: { last: string[]; best: string[] };
  /** The best of its runs; null where none was judged. */
  shown: ShownRun | null;
}

export interface PointRun {
  id: string;
  label: string;
  last: Record<string, number>;
  best: Record<string, number>;
}

export interface ShownRun {
  id: string;
  /** By which it is the best, and the value there. */
  metric: string;
  value: number;
  /** Of its best checkpoint. */
  epoch: number | null;
}

export interface GridsReply {
  cursor: string;
  runs: RunGrids[];
}

export interface RunGrids {
  id: string;
  /** null while it has no grid. */
  grid: { imageSize: number; gap: number; rows: number; columns: GridColumn[] } | null;
  /** Epoch and version of its picture, by epoch. */
  samples: [epoch: number, version: string][];
}

interface GridColumn {
  label: string;
  /** What the column asks for: attribute -> 1 or 0. */
  asks: Record<string, 0 | 1>;
}
