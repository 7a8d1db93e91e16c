// Reads the records of an experiment again and again. A look opens only the files that have changed since the look before: over ten
// thousand finished runs, none.

import { isExperimentRecord } from '../../results/check-records.ts';
import { readJson } from '../../results/files/read.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import {
  experimentFolder,
  experimentRecordFile,
  leaseFile,
  logFile,
  metricsFile,
  outcomeFile,
  runFile,
  runFolder,
  runnerLeaseFile,
} from '../../results/paths.ts';
import { type ExperimentResults, isRunName, listFolderNames, type Run, readRun } from '../../results/read.ts';
import type { ExperimentRecord, LeaseRecord } from '../../results/records.ts';
import { takeTurns } from './look.ts';
import { isSettled, stampOfStat, statOf } from './stamps.ts';

interface Stamped<T> {
  /** null: read it again at the next look, whatever its stamp. */
  stamp: string | null;
  value: T;
}

/** Each look asks the system for the files of every run. */
const MOST_RUNS = 20_000;
const REFUSED = 'expected a plain folder in the folder of its experiment, found a link or a path elsewhere; this run is not read';

export class ExperimentReader {
  readonly #resultsRoot: string;
  readonly #name: string;
  readonly #folder: string;
  #record: Stamped<ReturnType<typeof readRecord>> | null = null;
  #runner: Stamped<LeaseRecord | null> | null = null;
  #names: Stamped<string[]> | null = null;
  #runs = new Map<string, Stamped<Run>>();

  /** The caller has checked that the experiment's folder is no link. */
  constructor(resultsRoot: string, name: string) {
    this.#resultsRoot = resultsRoot;
    this.#name = name;
    this.#folder = experimentFolder(resultsRoot, name);
  }

  /** As `readExperiment`, but for runs whose folder is a link or lies elsewhere: those are named in `problems` and left out. */
  async look(): Promise<ExperimentResults> {
    const turn = takeTurns();
    const { value: record, problem } = this.#readRecord();
    const wanted = (record?.runs ?? []).slice(0, MOST_RUNS);
    const wantedIds = new Set(wanted.map(({ id }) => id));
    const others = this.#listNames().filter((id) => !wantedIds.has(id));
    const problems = problem === null ? [] : [problem];
    if ((record?.runs.length ?? 0) > MOST_RUNS) {
      problems.push(
        `${experimentRecordFile(this.#folder)}: expected at most ${MOST_RUNS} runs, found ${record!.runs.length}; the others are not read`,
      );
    }
    const runs: Run[] = [];
    const seen = new Map<string, Stamped<Run>>();
    for (const [i, { id, axes }] of [...wanted, ...others.map((id) => ({ id, axes: null }))].entries()) {
      await turn();
      const run = isRunName(id) ? this.#readRun(id, seen) : null;
      const isCurrent = i < wanted.length;
      if (run === null) problems.push(`${JSON.stringify(id)}: ${REFUSED}`);
      else if (isCurrent) runs.push({ ...run, axes: axes ?? run.axes });
      else if (run.record || run.problems.length > 0) runs.push({ ...run, current: false });
    }
    this.#runs = seen;
    return { name: this.#name, folder: this.#folder, record, runner: this.#readRunner(), problems, runs };
  }

  #readRecord(): ReturnType<typeof readRecord> {
    const stat = statOf(experimentRecordFile(this.#folder));
    const stamp = stampOfStat(stat);
    if (this.#record?.stamp === stamp) return this.#record.value;
    const value = readRecord(this.#folder);
    this.#record = { stamp: isSettled(stat) && value.problem === null ? stamp : null, value };
    return value;
  }

  /** Reads a lease of a living process each time, since the process may have ended. */
  #readRunner(): LeaseRecord | null {
    const path = runnerLeaseFile(this.#folder);
    const stat = statOf(path);
    const stamp = stampOfStat(stat);
    if (this.#runner?.stamp === stamp) return this.#runner.value;
    const value = readLiveLease(path);
    this.#runner = { stamp: isSettled(stat) && value === null ? stamp : null, value };
    return value;
  }

  #listNames(): string[] {
    const stat = statOf(this.#folder);
    const stamp = stampOfStat(stat);
    if (this.#names?.stamp === stamp) return this.#names.value;
    const value = listFolderNames(this.#folder);
    this.#names = { stamp: isSettled(stat) ? stamp : null, value };
    return value;
  }

  /** null where there is something else than a plain folder. */
  #readRun(id: string, seen: Map<string, Stamped<Run>>): Run | null {
    const folder = runFolder(this.#resultsRoot, this.#name, id);
    const stat = statOf(folder);
    if (stat !== null && !stat.isDirectory()) return null;
    const stamp = stat === null ? '' : stampRun(folder);
    const last = this.#runs.get(id);
    const isUnchanged = last !== undefined && last.stamp !== null && last.stamp === stamp;
    // A run can change without a change of its files in one way only: its process dies.
    if (isUnchanged && (last.value.state !== 'running' || readLiveLease(leaseFile(folder)) !== null)) {
      seen.set(id, last);
      return last.value;
    }
    const value = readRun(folder);
    seen.set(id, { stamp: value.problems.length === 0 ? stamp : null, value });
    return value;
  }
}

/** One reader for each experiment: the list and the experiment's page share it. */
export class ExperimentReaders {
  readonly #resultsRoot: string;
  readonly #readers = new Map<string, ExperimentReader>();

  constructor(resultsRoot: string) {
    this.#resultsRoot = resultsRoot;
  }

  of(name: string): ExperimentReader {
    const reader = this.#readers.get(name) ?? new ExperimentReader(this.#resultsRoot, name);
    this.#readers.set(name, reader);
    return reader;
  }

  /** Forgets experiments that are gone. */
  keepOnly(names: string[]): void {
    for (const name of this.#readers.keys()) if (!names.includes(name)) this.#readers.delete(name);
  }
}

function readRecord(folder: string): { value: ExperimentRecord | null; problem: string | null } {
  return readJson<ExperimentRecord>(experimentRecordFile(folder), isExperimentRecord, 'an experiment record');
}

/** Stands for all files that a run's record, outcome and state are derived from; null where one of them may change and keep its time. */
function stampRun(folder: string): string | null {
  const [record, outcome] = [statOf(runFile(folder)), statOf(outcomeFile(folder))];
  const stamps = [stampOfStat(record), stampOfStat(outcome)];
  if (!isSettled(record) || !isSettled(outcome)) return null;
  if (outcome !== null) return stamps.join(' ');
  const lease = statOf(leaseFile(folder));
  const hasStarted = statOf(logFile(folder)) !== null || (statOf(metricsFile(folder))?.size ?? 0) > 0;
  return isSettled(lease) ? [...stamps, stampOfStat(lease), hasStarted].join(' ') : null;
}
