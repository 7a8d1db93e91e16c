// Room: results. Tolerant reads of everything under results/. Nothing here throws because of what a file holds: what
// cannot be read is left out and named in `problems`, one line each, for a person.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isExperimentRecord, isObject, isOutcome, isRunRecord, isSampleGrid, isTrainingRecord } from './check-records.ts';
import { readBytes } from './files/read-bytes.ts';
import { parseNonFinite, readJson } from './files/read-json.ts';
import { readLiveLease } from './leases/lease.ts';
import {
  experimentFolder,
  experimentRecordFile,
  logFile,
  metricsFile,
  outcomeFile,
  runFile,
  runFolder,
  runnerLeaseFile,
  samplesFolder,
  trainingFile,
} from './paths.ts';
import type {
  ExperimentRecord,
  LeaseRecord,
  MetricsRecord,
  OutcomeRecord,
  RunRecord,
  RunState,
  SampleGridRecord,
  TrainingRecord,
} from './records.ts';
import { deriveState } from './state.ts';

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

/** One experiment and all its runs. A folder that does not exist reads as an experiment without runs. */
export function readExperiment(resultsRoot: string, name: string): ExperimentResults {
  const summary = readSummary(resultsRoot, name);
  const wanted = summary.record?.runs ?? [];
  const wantedIds = new Set(wanted.map((run) => run.id));
  const others = listFolderNames(summary.folder).filter((id) => !wantedIds.has(id));
  return {
    ...summary,
    runs: [
      ...wanted.map(({ id, axes }) => ({ ...readRun(runFolder(resultsRoot, name, id)), axes })),
      ...others
        .map((id) => ({ ...readRun(runFolder(resultsRoot, name, id)), current: false }))
        .filter((run) => run.record || run.problems.length > 0),
    ],
  };
}

/** One run. A folder that does not exist reads as a queued run without a record. */
export function readRun(folder: string): Run {
  const run = readJson<RunRecord>(runFile(folder), isRunRecord, 'a run record');
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

/** How a run ended; null while it has not, or where that cannot be read. */
export function readOutcome(folder: string): { value: OutcomeRecord | null; problem: string | null } {
  return readJson<OutcomeRecord>(outcomeFile(folder), isOutcome, 'an outcome', { revive: true });
}

/** How long a run's training is; null where its trainer has not said so, or that cannot be read. */
export function readTraining(folder: string): TrainingRecord | null {
  return readJson<TrainingRecord>(trainingFile(folder), isTrainingRecord, 'a training record').value;
}

export interface MetricsChunk {
  records: MetricsRecord[];
  /** Where reading began: `from`, or 0 where the file has been cut back since (a run went on from its checkpoint). */
  start: number;
  /** Pass as `from` next time. An unterminated last line is not consumed. */
  nextOffset: number;
  /** Lines that are no metrics record, by file and line number; they are left out. */
  problems: string[];
}

/** The metrics from a byte offset on. A missing file reads as empty. "NaN" and "Infinity" are numbers again. */
export function readMetrics(path: string, { from = 0 }: { from?: number } = {}): MetricsChunk {
  const bytes = readBytes(path, () => Math.max(0, from - 1));
  if (from > 0 && bytes[0] !== NEWLINE) return readMetrics(path);
  const start = from > 0 ? 1 : 0; // of `bytes`: the newline before `from` is only looked at
  const records: MetricsRecord[] = [];
  const problems: string[] = [];
  let at = start;
  for (let end = bytes.indexOf(NEWLINE, at); end !== -1; end = bytes.indexOf(NEWLINE, at)) {
    const record = parseMetrics(bytes.toString('utf8', at, end));
    if (record) records.push(record);
    else problems.push(describeBadLine(path, from - start + at, bytes.toString('utf8', at, Math.min(end, at + 60))));
    at = end + 1;
  }
  return { records, start: from, nextOffset: from - start + at, problems };
}

/** The last whole metrics record of a run; null where there is none. Reads only the end of the file. */
export function readLastMetrics(folder: string): MetricsRecord | null {
  const bytes = readBytes(metricsFile(folder), (size) => Math.max(0, size - METRICS_TAIL_BYTES));
  const lines = bytes
    .toString('utf8', 0, bytes.lastIndexOf(NEWLINE) + 1)
    .trimEnd()
    .split('\n');
  return parseMetrics(lines.at(-1)!);
}

export interface SampleFiles {
  epoch: number;
  /** samples/000005.png and samples/000005.json, absolute if the run folder is. */
  image: string;
  grid: string;
}

/** The sample grids that are complete (picture and description), by epoch. */
export function listSamples(folder: string): SampleFiles[] {
  const samples = samplesFolder(folder);
  const names = new Set(listNames(samples));
  return [...names]
    .map((name) => /^(\d{6,})\.png$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined && names.has(`${digits}.json`))
    .map((digits) => ({ epoch: Number(digits), image: join(samples, `${digits}.png`), grid: join(samples, `${digits}.json`) }))
    .sort((a, b) => a.epoch - b.epoch);
}

/** What the columns of a sample grid ask for; null where the file is missing or not readable. */
export function readSampleGrid(path: string): SampleGridRecord | null {
  return readJson<SampleGridRecord>(path, isSampleGrid, 'a sample grid').value;
}

/** The last lines of a run's log.txt, of at most its last 256 KiB. Of a line drawn over with \r only the last form. */
export function readLogTail(folder: string, lines: number): string[] {
  const bytes = readBytes(logFile(folder), (size) => Math.max(0, size - LOG_TAIL_BYTES));
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  return text === '' || lines < 1
    ? []
    : text
        .split(/\r?\n/)
        .slice(-lines)
        .map((line) => line.slice(line.lastIndexOf('\r') + 1));
}

const NEWLINE = 10;
const LOG_TAIL_BYTES = 256 * 1024;
const METRICS_TAIL_BYTES = 4096;

function readSummary(resultsRoot: string, name: string): ExperimentSummary {
  const folder = experimentFolder(resultsRoot, name);
  const { value, problem } = readJson<ExperimentRecord>(experimentRecordFile(folder), isExperimentRecord, 'an experiment record');
  return { name, folder, record: value, runner: readLiveLease(runnerLeaseFile(folder)), problems: problem === null ? [] : [problem] };
}

function parseMetrics(line: string): MetricsRecord | null {
  try {
    const value = parseNonFinite(line);
    return isObject(value) && typeof value.step === 'number' && typeof value.epoch === 'number'
      ? (value as unknown as MetricsRecord)
      : null;
  } catch {
    return null;
  }
}

function describeBadLine(path: string, offset: number, start: string): string {
  const before = readBytes(path, () => 0).subarray(0, offset);
  const line = before.reduce((lines, byte) => lines + (byte === NEWLINE ? 1 : 0), 1);
  return `${path}:${line}  expected a metrics record, got ${JSON.stringify(start)}`;
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

function listNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
