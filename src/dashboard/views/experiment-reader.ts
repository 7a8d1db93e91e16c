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
import { isOld, isSettled, Rest, stampOfStat, statOf } from './stamps.ts';

/** Results, and of each run's folder a stamp; '' where it may change and keep that. */
export type SeenResults = ExperimentResults & { stamps: ReadonlyMap<string, string> };

interface SeenRun extends Stamped<Run> {
  rest: Rest;
  /** As it is handed out: the same object while nothing changes. */
  shown: Run;
}

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
  #runs = new Map<string, SeenRun>();

  /** The caller has checked that the experiment's folder is no link. */
  constructor(resultsRoot: string, name: string) {
    this.#resultsRoot = resultsRoot;
    this.#name = name;
    this.#folder = experimentFolder(resultsRoot, name);
  }

  /** As `readExperiment`, but for runs whose folder is a link or lies elsewhere: those are named in `problems` and left out. */
  async look(): Promise<SeenResults> {
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
    const seen = new Map<string, SeenRun>();
    const stamps = new Map<string, string>();
    for (const [i, { id, axes }] of [...wanted, ...others.map((id) => ({ id, axes: null }))].entries()) {
      await turn();
      const found = isRunName(id) ? this.#readRun(id, stamps) : null;
      if (found === null) {
        problems.push(`${JSON.stringify(id)}: ${REFUSED}`);
        continue;
      }
      seen.set(id, found);
      const current = i < wanted.length;
      const { shown, value } = found;
      const itsAxes = axes ?? value.axes;
      if (shown.current !== current || shown.axes !== itsAxes) found.shown = { ...value, current, axes: itsAxes };
      if (current || value.record || value.problems.length > 0) runs.push(found.shown);
    }
    this.#runs = seen;
    return { name: this.#name, folder: this.#folder, record, runner: this.#readRunner(), problems, runs, stamps };
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
  #readRun(id: string, stamps: Map<string, string>): SeenRun | null {
    const folder = runFolder(this.#resultsRoot, this.#name, id);
    const stat = statOf(folder);
    if (stat !== null && !stat.isDirectory()) return null;
    const folderStamp = stat !== null && isSettled(stat) ? stampOfStat(stat) : '';
    stamps.set(id, folderStamp);
    const last = this.#runs.get(id);
    if (last?.rest.lasts(folderStamp)) return last;
    const { stamp, isOld } = stat === null ? { stamp: '', isOld: false } : stampRun(folder);
    const isUnchanged = last !== undefined && last.stamp !== null && last.stamp === stamp;
    // A run can change without a change of its files in one way only: its process dies.
    const isSame = isUnchanged && (last.value.state !== 'running' || readLiveLease(leaseFile(folder)) !== null);
    const seen = isSame ? last : this.#openRun(folder, stamp);
    seen.rest.begin(folderStamp, isOld && seen.stamp !== null && seen.value.outcome !== null);
    return seen;
  }

  #openRun(folder: string, stamp: string | null): SeenRun {
    const value = readRun(folder);
    return { stamp: value.problems.length === 0 ? stamp : null, value, shown: value, rest: new Rest() };
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
function stampRun(folder: string): { stamp: string | null; isOld: boolean } {
  const [record, outcome] = [statOf(runFile(folder)), statOf(outcomeFile(folder))];
  const stamps = [stampOfStat(record), stampOfStat(outcome)];
  const areOld = isOld(record) && isOld(outcome);
  if (!isSettled(record) || !isSettled(outcome)) return { stamp: null, isOld: false };
  if (outcome !== null) return { stamp: stamps.join(' '), isOld: areOld };
  const lease = statOf(leaseFile(folder));
  const hasStarted = statOf(logFile(folder)) !== null || (statOf(metricsFile(folder))?.size ?? 0) > 0;
  return { stamp: isSettled(lease) ? [...stamps, stampOfStat(lease), hasStarted].join(' ') : null, isOld: false };
}
