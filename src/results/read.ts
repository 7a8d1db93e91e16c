// Experiments and runs as their folders tell them. Nothing here throws because of what a file holds: what cannot be read is
// left out and named in `problems`, one line each, for a person.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { liftConfig } from '../experiment/schema/values-before.ts';
import { UserError } from '../experiment/user-error.ts';
import {
  isDataRecord,
  isEvaluationFile,
  isExperimentRecord,
  isLabelRows,
  isOutcome,
  isRunRecord,
  isTrainingRecord,
} from './check-records.ts';
import { listNames, readAt, readJson, UnreadableFile, withPlainFile } from './files/read.ts';
import { readLiveLease } from './leases/lease.ts';
import { measureRun } from './lines/metrics.ts';
import {
  evaluationFile,
  experimentFolder,
  experimentRecordFile,
  labelRowsFile,
  leaseFile,
  logFile,
  metricsFile,
  outcomeFile,
  runFile,
  runFolder,
  runnerLeaseFile,
  trainingFile,
} from './paths.ts';
import type {
  EvaluationFile,
  ExperimentRecord,
  LabelRowsRecord,
  LeaseRecord,
  OutcomeRecord,
  RunRecord,
  RunState,
  TrainingRecord,
} from './records.ts';

export interface Run {
  id: string;
  folder: string;
  /** Axis -> label; empty where neither run.json nor experiment.json tells. */
  axes: Record<string, string>;
  /** null: not written yet, or not readable (then `problems` says why). */
  record: RunRecord | null;
  outcome: OutcomeRecord | null;
  state: RunState;
  /** False for a run of an earlier form of the file, that the experiment no longer asks for. */
  current: boolean;
  problems: string[];
}

export interface ExperimentSummary {
  name: string;
  folder: string;
  /** null where experiment.json is missing or not readable. */
  record: ExperimentRecord | null;
  /** The live runner at work on it, or null. */
  runner: LeaseRecord | null;
  problems: string[];
}

export interface ExperimentResults extends ExperimentSummary {
  /** Those of experiment.json in its order, waiting ones included; then other run folders, by name. */
  runs: Run[];
}

/** Every experiment under a results folder, by name; none where the folder does not exist. */
export function listExperiments(resultsRoot: string): ExperimentSummary[] {
  return listFolderNames(resultsRoot)
    .map((name) => readSummary(resultsRoot, name))
    .filter(({ record, problems, folder }) => record || problems.length > 0 || listFolderNames(folder).length > 0);
}

/**
 * One experiment and all its runs. A folder that does not exist reads as an experiment without runs. A run's folder may be a
 * link to another disk; of a run whose id is no name nothing is read.
 */
export function readExperiment(resultsRoot: string, name: string): ExperimentResults {
  const summary = readSummary(resultsRoot, name);
  const read = (id: string): Run => {
    const folder = runFolder(resultsRoot, name, id);
    return isRunName(id) ? readRun(folder) : refuse(id, folder);
  };
  const wanted = summary.record?.runs ?? [];
  const wantedIds = new Set(wanted.map((run) => run.id));
  const others = listFolderNames(summary.folder).filter((id) => !wantedIds.has(id));
  return {
    ...summary,
    runs: [
      ...wanted.map(({ id, axes }) => ({ ...read(id), axes })),
      ...others.map((id) => ({ ...read(id), current: false })).filter((run) => run.record || run.problems.length > 0),
    ],
  };
}

/** Whether an id of experiment.json names a folder in the experiment's folder, and leads nowhere else. */
export function isRunName(id: string): boolean {
  return id === basename(id) && !id.startsWith('.') && id !== '';
}

function refuse(id: string, folder: string): Run {
  const problem = `${JSON.stringify(id)}: expected the name of a folder in the folder of its experiment, found a path; this run is not read`;
  return { id, folder, axes: {}, record: null, outcome: null, state: 'queued', current: true, problems: [problem] };
}

/** One run. A folder that does not exist reads as a queued run without a record. */
export function readRun(folder: string): Run {
  const run = readRunRecord(folder);
  const outcome = readOutcome(folder);
  return {
    id: basename(folder),
    folder,
    axes: run.value?.axes ?? {},
    record: run.value,
    outcome: outcome.value,
    state: deriveState(folder, outcome.value),
    current: true,
    problems: [run.problem, outcome.problem].filter((problem) => problem !== null),
  };
}

/** run.json, whatever version wrote it: fields of the configuration that came later have the value that runs had before. */
export function readRunRecord(folder: string): { value: RunRecord | null; problem: string | null } {
  const { value, problem } = readJson<RunRecord>(runFile(folder), isRunRecord, 'a run record');
  if (value === null) return { value, problem };
  const { data, ...record } = value;
  return { value: { ...record, ...(isDataRecord(data) && { data: data! }), config: liftConfig(value.config) }, problem };
}

/** Whether a former version began the run, whose evaluations drew their noise by the run's seed and knew no oracle. */
export function isJudgedAsFormerly(folder: string): boolean {
  const { value } = readJson<RunRecord>(runFile(folder), isRunRecord, 'a run record');
  return value !== null && value.config.evaluation === undefined;
}

/** readRunRecord, for who can do nothing without the record. Throws a UserError. */
export function requireRunRecord(folder: string): RunRecord {
  const { value, problem } = readRunRecord(folder);
  if (value === null) throw new UserError(problem ?? `${runFile(folder)}: expected a run record, found none`);
  return value;
}

/** How long a run's training is; null where its trainer has not said so, or that cannot be read. */
export function readTraining(folder: string): TrainingRecord | null {
  return readJson<TrainingRecord>(trainingFile(folder), isTrainingRecord, 'a training record').value;
}

/** The label rows of the pictures that a run learns from; null where its trainer has not written them, or they cannot be read. */
export function readLabelRows(folder: string): LabelRowsRecord | null {
  return readJson<LabelRowsRecord>(labelRowsFile(folder), isLabelRows, 'label rows').value;
}

/** What the run's last and best checkpoint are worth; null where nobody has measured that, or it cannot be read. */
export function readEvaluation(folder: string): EvaluationFile | null {
  return readJson<EvaluationFile>(evaluationFile(folder), isEvaluationFile, 'an evaluation', { revive: true }).value;
}

/** A run without its record. */
export type RunEnding = Pick<Run, 'id' | 'folder' | 'state' | 'outcome'>;

/** How a run stands, from its outcome alone where it has one: a sweep has thousands. Tolerant like `readRun`. */
export function readEnding(folder: string): RunEnding {
  const outcome = readOutcome(folder).value;
  return { id: basename(folder), folder, outcome, state: deriveState(folder, outcome) };
}

/**
 * The states of an experiment's runs. Looks once which folders there are, links included; a run's own files are read when it is asked
 * for.
 */
export function createStateReader(experimentFolderPath: string): (id: string) => RunState {
  const present = new Set(listNames(experimentFolderPath));
  return (id) => (present.has(id) ? readEnding(join(experimentFolderPath, id)).state : 'queued');
}

/**
 * Why it cannot be told how a run has ended: its outcome is there, and the system refuses to read it. null where it can be read, is
 * damaged, or is missing.
 */
export function findUnreadableOutcome(folder: string): string | null {
  try {
    withPlainFile(outcomeFile(folder), (file) => readAt(file, 0, 1)); // EACCES shows when it is opened, EIO when it is read
    return null;
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
}

/** Folders by name; hidden ones are not results. None where the path is no folder. */
export function listFolderNames(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

function readSummary(resultsRoot: string, name: string): ExperimentSummary {
  const folder = experimentFolder(resultsRoot, name);
  const { value, problem } = readExperimentRecord(folder);
  return { name, folder, record: value, runner: readLiveLease(runnerLeaseFile(folder)), problems: problem === null ? [] : [problem] };
}

/** experiment.json of an experiment's folder. */
export function readExperimentRecord(folder: string): { value: ExperimentRecord | null; problem: string | null } {
  return readJson<ExperimentRecord>(experimentRecordFile(folder), isExperimentRecord, 'an experiment record');
}

function readOutcome(folder: string): { value: OutcomeRecord | null; problem: string | null } {
  const { value, problem } = readJson<Partial<OutcomeRecord> & Pick<OutcomeRecord, 'status'>>(
    outcomeFile(folder),
    isOutcome,
    'an outcome',
    {
      revive: true,
    },
  );
  return { value: value && completeOutcome(folder, value), problem };
}

/** A trainer of one's own need write the status alone: what is missing, or of another kind, is taken from the metrics. */
function completeOutcome(folder: string, outcome: Partial<OutcomeRecord> & Pick<OutcomeRecord, 'status'>): OutcomeRecord {
  const { message, finishedAt, steps, epochs, seconds, imagesPerSecond } = outcome;
  const areNumbers = [steps, epochs, seconds].every((value) => typeof value === 'number');
  const isWhole = areNumbers && typeof message === 'string' && typeof finishedAt === 'string' && imagesPerSecond !== undefined;
  if (isWhole && (imagesPerSecond === null || typeof imagesPerSecond === 'number')) return outcome as OutcomeRecord;
  const measured = measureRun(folder);
  const written = statSync(outcomeFile(folder), { throwIfNoEntry: false })?.mtime ?? new Date(0);
  return {
    ...outcome,
    message: typeof message === 'string' ? message : `Its trainer says: ${outcome.status}.`,
    finishedAt: typeof finishedAt === 'string' ? finishedAt : written.toISOString(),
    steps: typeof steps === 'number' ? steps : measured.steps,
    epochs: typeof epochs === 'number' ? epochs : measured.epochs,
    seconds: typeof seconds === 'number' ? seconds : measured.seconds,
    imagesPerSecond: typeof imagesPerSecond === 'number' ? imagesPerSecond : measured.imagesPerSecond,
  };
}

/**
 * The state of a run: its outcome where there is one, else 'running' while a live process holds the folder, else
 * 'interrupted' where a process has been at work, else 'queued'. Nothing is ever stored as 'running', so nothing can lie.
 */
function deriveState(folder: string, outcome: OutcomeRecord | null): RunState {
  if (outcome) return outcome.status;
  if (readLiveLease(leaseFile(folder))) return 'running';
  return existsSync(leaseFile(folder)) || existsSync(logFile(folder)) || hasBytes(metricsFile(folder)) ? 'interrupted' : 'queued';
}

function hasBytes(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
