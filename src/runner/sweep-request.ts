// What a sweep is to be started with.

import type { Experiment, RunConfig } from '../experiment/schema/schema.ts';
import type { DataRecord } from '../results/records.ts';
import type { Executor, StopSignals } from './executors/executor.ts';
import type { IdentifyDataset } from './plan/identify-points.ts';
import type { Order } from './plan/order.ts';

export interface SweepRequest {
  /** Checked and expanded. */
  experiment: Experiment;
  resultsRoot: string;
  data: DataAccess;
  origin: Origin;
  /** The program that trains one run: `<trainer> <run folder>`. docs/trainers.md says what it has to do. */
  trainer: string;
  /** How long a process may take to stop by itself before it is killed. Default: a minute. */
  graceMs?: number;
  /** Default: the first seed of every point before the second of any. */
  order?: Order;
  /** Redo all runs from nothing. */
  fresh?: boolean;
  /** Reuse equal runs that other experiments of these results have trained already. Default: true. */
  reuse?: boolean;
  /** Of the sweep only these runs, also where they failed: ids, or their beginnings. Absent or empty: all. */
  only?: readonly string[];
  /** Go on with the runs that failed. */
  retryFailed?: boolean;
  /** Go on with runs whose own backend is not here, on the one that is. */
  changeBackend?: boolean;
  /** Numbers or uuids of the GPUs to use, with commas; default: all. */
  gpus?: string | undefined;
  stop?: StopSignals;
  /**
   * Whether to wait, up to a minute, where it cannot be seen at once whether the holder of the experiment lives. Without waiting it
   * counts as alive. Default: true.
   */
  waitsForHolder?: boolean;
  /** Take the experiment and its runs from a holder that cannot be seen from here, without waiting. Default: false. */
  takeOver?: boolean;
  /** Start once nobody runs this experiment of the same results any more. */
  after?: string | undefined;
  /** Full path of the file that the output of this process goes to, for `facet status`. */
  log?: string | null;
  /** Where the runs are carried out; default: as execution.executor says. */
  executor?: Executor;
  /** The folder of the bundles that this process runs from. */
  bundles?: string;
}

/** What the runner has to know of pictures and labels. */
export interface DataAccess {
  identifyDataset: IdentifyDataset;
  /** Makes the data of these runs ready, and tells what they are. Rejects with a UserError where they will not do, and once the signal is aborted. */
  prepare(configs: readonly RunConfig[], signal: AbortSignal): Promise<DescribeData | undefined>;
  /** The content of the pictures of a data set (DataRecord.filesSha256) as far as that can be told without packing; null: not known. */
  readContent?(dataset: RunConfig['dataset']): Promise<string | null>;
}

/** What is known of the data of a run; undefined: nothing. */
export type DescribeData = (config: RunConfig) => DataRecord | undefined;

/** For the provenance of results. */
export interface Origin {
  /** Words that start the same sweep again. */
  command: string[];
  /** The experiment file, as the user gave it. */
  file: string;
  /** The checkout whose code trains. */
  codeFolder: string;
  /** Facet's version. */
  version: string;
}
