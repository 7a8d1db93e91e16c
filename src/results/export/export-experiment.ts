// An experiment's runs for other programs: tables, or event files of TensorBoard. The folder appears whole, or not at all.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describeResult, readFinalValues } from '../compare/read-results.ts';
import { temporaryName, writeNewFile } from '../files/write.ts';
import { readLastMetrics } from '../lines/metrics.ts';
import type { ExperimentResults, Run } from '../read.ts';
import { createCsv } from './csv.ts';
import type { ExportFormat } from './formats.ts';
import { createParquet } from './parquet.ts';
import { eachRecord } from './run-records.ts';
import { createRunTable, type RunRow } from './run-table.ts';
import { type Column, RECORD_COLUMNS, type TableFile } from './table.ts';
import { createRunEvents } from './tensorboard.ts';

export interface ExportOrder {
  to: ExportFormat;
  /** The folder; what is in its place is replaced. */
  out: string;
  /** Facet's own version. */
  version: string;
  signal: AbortSignal;
  /** Told before each run, from 0. */
  onRun(index: number): void;
  /** What is left out and why, in a line. */
  onProblem(line: string): void;
}

/** The file by which a folder is known as an export. */
export const EXPORT_FILE = 'export.json';

/** How many runs and records were written. Throws where the disk refuses, or the signal aborts; then nothing is left behind. */
export async function exportExperiment(
  { name, runs }: Pick<ExperimentResults, 'name' | 'runs'>,
  { to, out, version, ...watched }: ExportOrder,
): Promise<{ records: number }> {
  const temporary = temporaryName(resolve(out));
  mkdirSync(temporary);
  try {
    const records = await WRITERS[to](name, runs, { folder: temporary, ...watched });
    const about = { format: 1, experiment: name, to, facet: version, runs: runs.length, records };
    writeNewFile(join(temporary, EXPORT_FILE), `${JSON.stringify(about, null, 2)}\n`);
    watched.signal.throwIfAborted();
    replaceFolder(resolve(out), temporary);
    return { records };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

type Job = Pick<ExportOrder, 'signal' | 'onRun' | 'onProblem'> & { folder: string };
type Write = (experiment: string, runs: readonly Run[], job: Job) => Promise<number>;
type CreateTable = (path: string, columns: readonly Column[]) => TableFile;

const WRITERS: Record<ExportFormat, Write> = {
  csv: (...given) => writeTables((path, columns) => createCsv(`${path}.csv`, columns), ...given),
  parquet: (...given) => writeTables((path, columns) => createParquet(`${path}.parquet`, columns), ...given),
  tensorboard: writeEvents,
};

/** runs: a row a run. records: a row for each value that was recorded. */
async function writeTables(create: CreateTable, experiment: string, runs: readonly Run[], { folder, ...watched }: Job): Promise<number> {
  const { columns, rows } = createRunTable(runs.map((run) => describeRow(experiment, run)));
  const runTable = create(join(folder, 'runs'), columns);
  for (const row of rows) runTable.append(row);
  runTable.close();
  const table = create(join(folder, 'records'), RECORD_COLUMNS);
  let count = 0;
  try {
    for (const [index, { id, folder }] of runs.entries()) {
      watched.onRun(index);
      for await (const record of withRests(eachRecord(folder, watched.onProblem), watched.signal)) {
        if (record.kind === 'sample') continue;
        count++;
        const { kind, step, epoch, seconds, values } = record;
        for (const [metric, value] of Object.entries(values)) table.append([experiment, id, kind, step, epoch, seconds, metric, value]);
      }
    }
  } finally {
    table.close();
  }
  return count;
}

/** A folder a run, which TensorBoard shows as a run. */
async function writeEvents(_experiment: string, runs: readonly Run[], { folder, signal, onRun, onProblem }: Job): Promise<number> {
  let count = 0;
  for (const [index, run] of runs.entries()) {
    onRun(index);
    mkdirSync(join(folder, run.id));
    const startedAt = startOf(run);
    const path = join(folder, run.id, `events.out.tfevents.${Math.floor(startedAt)}.facet`);
    const declared = run.record?.config.trainer?.metrics ?? {};
    const events = createRunEvents(path, { startedAt, declared, onProblem });
    try {
      for await (const record of withRests(eachRecord(run.folder, onProblem), signal)) {
        count++;
        events.append(record);
      }
    } finally {
      events.close();
    }
  }
  return count;
}

/** In seconds since 1970; 0 where the run does not tell. */
function startOf({ record }: Run): number {
  const time = Date.parse(record?.provenance.createdAt ?? '');
  return Number.isFinite(time) && time > 0 ? time / 1000 : 0;
}

/** Lets signals through now and then: a long file is read without a pause. Throws once the signal aborts. */
async function* withRests<T>(records: Iterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let count = 0;
  for (const record of records) {
    yield record;
    if (++count % RECORDS_WITHOUT_REST === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  await setImmediate();
  signal.throwIfAborted();
}

const RECORDS_WITHOUT_REST = 2000;

function describeRow(experiment: string, run: Run): RunRow {
  const lastMetrics = run.state === 'queued' ? null : readLastMetrics(run.folder);
  return {
    result: describeResult(experiment, run, { lastMetrics, values: readFinalValues(run, lastMetrics) }),
    steps: run.outcome?.steps ?? lastMetrics?.step ?? null,
    epochs: run.outcome?.epochs ?? lastMetrics?.epoch ?? null,
    provenance: run.record?.provenance ?? null,
  };
}

/** Whoever looks sees the folder before, none for a moment, or the new one. */
function replaceFolder(out: string, temporary: string): void {
  const before = temporaryName(out);
  let isSetAside = false;
  try {
    renameSync(out, before);
    isSetAside = true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    renameSync(temporary, out);
  } catch (error) {
    if (isSetAside) renameSync(before, out);
    throw error;
  }
  if (isSetAside) rmSync(before, { recursive: true, force: true });
}
