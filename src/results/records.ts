// (pure) What the files below results/ hold: those of a run, of an experiment, and leases. Readers tolerate fields that they do not know.

import type { RunConfig } from '../experiment/schema/schema.ts';
import type { BackendChoice, BackendKind } from '../machine/backend.ts';

/** run.json: written by the runner before the child starts. */
export interface RunRecord {
  format: 1;
  id: string;
  experiment: string;
  /** Axis -> label of this sweep point. */
  axes: Record<string, string>;
  config: RunConfig;
  /** Identity of the data that the run id covers: changes when the pictures or labels change. */
  dataIdentity: string;
  /** The pictures that the run learns from, in all its attempts. Absent in runs of former versions. */
  data?: DataRecord;
  provenance: Provenance;
  /** Under what the run went on after it had been interrupted or had failed, in order. */
  resumptions?: Provenance[];
  /** The run with fewer epochs whose training this one goes on with; the first `step` steps are its own. */
  continues?: { id: string; step: number };
  /** The equal run of another experiment that was trained in its place; all but the three names above is that run's. */
  reused?: { experiment: string; id: string; at: string };
  /** The child leaves with STOPPED_EXIT_CODE once this epoch is trained, evaluated and saved; null or absent: after the last. */
  pauseAfterEpoch?: number | null;
}

/** What was packed of the pictures and labels when the run began, and what was to be seen in it. */
export interface DataRecord {
  /** Those that are used. */
  pictures: number;
  /** Pictures of the list that could not be used. */
  leftOut: number;
  /** The commonest reasons: how many, and one of them with the picture's name. */
  leftOutReasons: { count: number; example: string }[];
  /** Lists all of them; in the cache, so that it may be gone. */
  leftOutFile: string | null;
  /** Pictures that were smaller than asked for, and enlarged; null: not known. */
  enlarged: number | null;
  /** SHA-256 of the content of all picture files; null where the pictures are no files. */
  filesSha256: string | null;
  /** SHA-256 of the pixels as a network sees them. */
  pixelsSha256: string;
  /** How many pictures have each attribute of the run. */
  having: Record<string, number>;
  /** A line for each attribute of which little can be learned, or that repeats another one. */
  warnings: string[];
}

export interface Provenance {
  createdAt: string;
  command: string[];
  experimentFile: string;
  facet: string;
  node: string;
  platform: string;
  /** null: the trainer of the experiment file computes as it likes. */
  backend: BackendChoice | null;
  hardware: { cpu: string; cores: number; memoryBytes: number; gpus: string[] };
  /**
   * `dirty`: with uncommitted changes. `patch`: the file in the run folder that holds them, for `git apply`; null where
   * there were none, or where it could not be kept. `note`: what the patch lacks and why, for a person.
   */
  git: { commit: string; dirty: boolean; patch?: string | null; note?: string } | null;
  /** Why there is no commit, for a person; absent where there is one, and in runs of former versions. */
  gitProblem?: string;
  /** SHA-256 of package-lock.json, in hex: every version that was installed. */
  lockHash?: string | null;
  /** The same of tensorflow/package-lock.json: the version of tfjs-node-gpu. */
  tensorflowLockHash?: string | null;
  /** In which the command was given; relative paths start there. Absent in runs of former versions, as all that follows here. */
  workingDirectory?: string;
  host?: string;
  /** The trainer of somebody else (`trainer` of the file, or FACET_TRAINER) with the SHA-256 of its file; null: Facet's own. */
  trainer?: { program: string; sha256: string | null } | null;
  /** Variables of the environment that can change what is computed, as they were: TF_*, NVIDIA_*, XLA_FLAGS and such. */
  environment?: Record<string, string>;
  threads: number;
  /**
   * Whether TensorFlow computes with oneDNN (TF_ENABLE_ONEDNN_OPTS); null or absent, as in runs of former versions: as TensorFlow
   * decides.
   */
  oneDnn?: boolean | null;
  /**
   * The instruction set above which oneDNN uses nothing (ONEDNN_MAX_CPU_ISA); null: all of the processor's. Absent in runs of former
   * versions: as the environment says.
   */
  maxCpuIsa?: string | null;
}

/** What the runner sets for each run, and keeps when the run goes on, since it changes the last bits. */
export type Numerics = Pick<Provenance, 'threads' | 'oneDnn' | 'maxCpuIsa'>;

/** engine.json: on what the trainer of this run really computed. It writes an entry when it starts, unless the last one says the same. */
export interface EngineRecord {
  format: 1;
  engines: Engine[];
}

export interface Engine {
  /** The first step that was computed so. */
  fromStep: number;
  kind: BackendKind;
  /** e.g. "TensorFlow 2.21.0" */
  version: string;
  precision: RunConfig['training']['precision'];
  threads: number | null;
  oneDnn: boolean | null;
  /** As in Provenance; absent where there is no such limit, and in runs of former versions. */
  maxCpuIsa?: string;
  /** The table of forms of convolution (model/kernels/tensorflow/forms.ts); null on other backends. */
  forms: string | null;
  /** Where the pictures lie that steps learn from, if not in this computer's memory; the same pictures, bit for bit. */
  pictures?: 'on the GPU';
  /** TF_XLA_FLAGS, where they are set: what XLA puts together rounds otherwise. */
  xla?: string;
}

/**
 * training.json: how long the training of this run is. The trainer writes it before the first step, since only the data tell; it is the
 * same in every attempt. Runs of former versions and of foreign trainers may lack it.
 */
export interface TrainingRecord {
  format: 1;
  stepsPerEpoch: number;
  /** Of the whole run. */
  steps: number;
  epochs: number;
}

/**
 * label-rows.json: the distinct label rows of the pictures that the run learns from, so that faces can be drawn with labels that occur
 * together without opening the data. The trainer writes it before the first step. Runs of former versions and of foreign trainers lack it.
 */
export interface LabelRowsRecord {
  format: 1;
  /** The run's attributes, in the order of its label bits. */
  names: string[];
  /**
   * [bits, pictures that have them], ordered by the bits: hexadecimal digits, four attributes each, the first attribute the highest bit of
   * the first digit; bits that are left over are 0.
   */
  rows: [string, number][];
}

/** One line of metrics.jsonl. Numbers that are not finite are stored as "NaN", "Infinity", "-Infinity". */
export interface MetricsRecord {
  /** From 1, over the whole run. */
  step: number;
  /** From 1. */
  epoch: number;
  /** Seconds of training so far, over all attempts. */
  seconds: number;
  imagesPerSecond: number;
  /** Every other field is a metric of the step, by its name (experiment/metrics.ts). A trainer of somebody else has its own. */
  [metric: string]: number;
}

/** One line of evaluations.jsonl: what the generator was worth after an epoch. Format 1 had the one value beside step and epoch. */
export interface EvaluationRecord {
  step: number;
  epoch: number;
  /** By the metric's name (experiment/metrics.ts). A trainer of somebody else has its own. */
  values: Record<string, number>;
}

/**
 * evaluation.json: what a run is worth in the end, of its last and its best checkpoint, on many pictures. Written before outcome.json, or by
 * `facet evaluate`. Runs of former versions lack it.
 */
export interface EvaluationFile {
  format: 1;
  /** By which classifier the pictures were judged; null: by none, then `values` are those that need none. */
  oracle: {
    identity: string;
    /** Which pictures it was itself judged on: seen by no network of the run, unless 'seen'. */
    heldOut: HeldOutKind;
    /** How many of them. */
    pictures: number;
    /** Its own, by label. `on`, `off`: how many held-out pictures have the label, and lack it. */
    accuracy: Record<string, { balanced: number; on: number; off: number }>;
  } | null;
  /** The metric that decided which checkpoint is the best. */
  bestBy: string;
  /** What real pictures that were trained on have against held-out ones: no generator need be better. By the metric's name. */
  floor: Record<string, number>;
  last: Measured;
  best: Measured;
}

/**
 * How the held-out pictures relate to those that the run learns from. 'other seed': synthetic faces of another seed. 'partition': of CelebA's
 * own valid partition. 'share': the run's `dataset.heldOut`. 'seen': the run learns from them as well; only the oracle does not.
 */
export type HeldOutKind = 'other seed' | 'partition' | 'share' | 'seen';

/** A checkpoint's generator in numbers. */
export interface Measured {
  step: number;
  epoch: number;
  /** How many were generated. */
  pictures: number;
  /** By the metric's name (experiment/metrics.ts). */
  values: Record<string, number>;
  /**
   * By attribute: balanced accuracy of what the oracle sees against what was asked for; `relative` to its own on real pictures. Not
   * `reliable`: the oracle is poor at it or has too few pictures of it, so it counts in no mean and no worst.
   */
  attributes: Record<string, AttributeMeasure>;
}

export interface AttributeMeasure {
  balanced: number;
  relative: number;
  reliable: boolean;
  /** Why it is not. */
  reason?: string;
}

/** samples/000005.json, beside samples/000005.png: what each column asks for. */
export interface SampleGridRecord {
  epoch: number;
  step: number;
  /** Side of a picture, and the gap between two, in pixels. */
  imageSize: number;
  gap: number;
  rows: number;
  columns: { label: string; bits: Record<string, 0 | 1> }[];
}

/** Why a run did not come to its end. */
export const FAILURES = [
  /** A loss was no finite number, or had left every sensible range for an epoch. */
  'diverged',
  /** The trainer gave up, and would again: a precision that the backend cannot do. */
  'failed',
  /** The pictures or labels are missing, damaged or changed. */
  'bad-data',
  /** The process died or left no outcome. */
  'crashed',
  /** The process asked for more memory than there is, or the kernel ended it for that. */
  'out-of-memory',
  'out-of-gpu-memory',
  /** No space left on the disk of the results. */
  'no-space',
  /** Stopped at execution.timeout. */
  'timed-out',
  /** Stopped because no metric came for execution.stallTimeout. */
  'stalled',
] as const;

export type Failure = (typeof FAILURES)[number];

/**
 * outcome.json: written last. Its absence means that the run is not finished, and was not stopped on purpose either.
 * cancelled: a person, or failFast, stopped it. stopped-early: successive halving gave its place to a better run.
 */
export interface OutcomeRecord {
  status: 'succeeded' | 'cancelled' | 'stopped-early' | Failure;
  /** One line for a person. */
  message: string;
  /** What a person should know besides, in a line, also of a run that succeeded: steps that metrics.jsonl has no record of. */
  note?: string;
  finishedAt: string;
  steps: number;
  epochs: number;
  /** Seconds of training in all attempts, without evaluating, drawing and saving. */
  seconds: number;
  /** Median over the run's steps, in all attempts. */
  imagesPerSecond: number | null;
  exitCode?: number;
  signal?: string;
}

/** experiment.json: the experiment as last started. Runs listed here without a folder wait for their turn. */
export interface ExperimentRecord {
  format: 1;
  name: string;
  description: string | null;
  /** The experiment file, as the user gave it. */
  file: string;
  startedAt: string;
  /** What was typed, from 'facet' on, and where. Absent in records of former versions. */
  command?: string[];
  workingDirectory?: string;
  /** Every run of the sweep, in the file's order. */
  runs: { id: string; axes: Record<string, string> }[];
}

/** stop.json in an experiment's folder: a request to the runner that holds the lease with this token. */
export interface StopRequest {
  token: string;
  /** graceful: finish the step and save. forced: at once. */
  kind: 'graceful' | 'forced';
  requestedAt: string;
  /** Who asks, for a person: "facet stop (process 4711 on host)". */
  by: string;
}

/** .requests/<run id>.json in an experiment's folder: the same about one of its runs. */
export interface RunRequest extends Omit<StopRequest, 'kind'> {
  /** stop: it finishes its step, saves, and is not started again. end: the same at once. go-on: it is started again, once a place is free. */
  wish: 'stop' | 'end' | 'go-on';
}

/** holder.json in an experiment's folder: what its runner says of itself. Believed only while the lease with this token is held. */
export interface HoldingRecord {
  format: 1;
  token: string;
  /** Full path of the file that its output goes to, where it was started with --detach. */
  log: string | null;
  /** The experiment of the same results whose runner it waits for, before it starts anything. */
  behind: string | null;
}

/** One line of halving.jsonl in an experiment's folder: what successive halving decided about a run, and why. */
export interface HalvingDecision {
  at: string;
  run: string;
  /** From 0. */
  rung: number;
  epoch: number;
  metric: string;
  value: number;
  decision: 'promoted' | 'stopped-early' | 'finished';
  /** One line for a person. */
  reason: string;
}

/** lease.json: which live process works on this folder. Believed only while that process may be alive. */
export interface LeaseRecord {
  /** Random: tells two leases of the same process apart. */
  token: string;
  pid: number;
  /** Kernel's start time of that process, in clock ticks since boot; null where the system does not tell. */
  startTime: number | null;
  bootId: string | null;
  /** In which the pid means something, "pid:[4026531836]"; null where the system does not tell, absent in leases of former versions. */
  pidNamespace?: string | null;
  /**
   * The holder renews the time of the lease file so often. Absent in leases of former versions, which cannot be judged from another host.
   */
  heartbeatMs?: number;
  host: string;
  since: string;
  /**
   * The job of a cluster that holds it. Of two with the same id the one that was started again more often is right: the other is its own
   * former start.
   */
  job?: { id: string; restart: number };
}

/** What a run folder says about itself. Derived, never stored. */
export type RunState = 'queued' | 'running' | 'interrupted' | OutcomeRecord['status'];

/**
 * stop.json in a run folder: finish the step, write a checkpoint, exit with STOPPED_EXIT_CODE. A child looks for the file once a second
 * or so; what it says is for people. The way to stop a child that no channel reaches.
 */
export interface RunStopRequest {
  requestedAt: string;
  /** Who asks, for a person: "Ctrl-C". */
  by: string;
}
