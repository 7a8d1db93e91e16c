// The run or the experiment that a person means.

import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { ResultsFolderError } from '../errors.ts';
import { describeLink } from '../files/linked-experiments.ts';
import { experimentFolder, logFile, metricsFile, outcomeFile, runFile, runFolder } from '../paths.ts';
import { type ExperimentSummary, isRunName, listExperiments, listFolderNames } from '../read.ts';

export interface FoundRun {
  experiment: string;
  id: string;
  /** A plain folder in a plain folder of the results: neither is a link. */
  folder: string;
}

/**
 * By its id, `<experiment>/<id>`, its folder wherever that lies, or the beginning of its id or of the hash in it where no other run has the
 * same, with or without the experiment in front. The whole of what stands before the hash wins over the beginning of a longer one.
 * `mayLieElsewhere: false`: never one outside the results, as for what deletes. `withWaiting`: also one that has no folder yet. Throws a UserError with the nearest ids, or with all that
 * it could be.
 */
export function findRun(resultsRoot: string, nameOrPath: string, { mayLieElsewhere = true, withWaiting = false } = {}): FoundRun {
  const runs = listRuns(resultsRoot, withWaiting);
  const found = matchRuns(runs, nameOrPath);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new UserError(describeRuns(resultsRoot, nameOrPath, found));
  const link = describeLink(resultsRoot, nameOrPath.split('/')[0]!) ?? describeLink(resultsRoot, firstFolderOf(resultsRoot, nameOrPath));
  if (link !== null) throw new UserError(link);
  const elsewhere = mayLieElsewhere ? findFolder(resolve(nameOrPath)) : null;
  if (elsewhere) return elsewhere;
  if (runs.length === 0) throw new ResultsFolderError(`Expected a run, and ${resultsRoot} holds none, got ${quote(nameOrPath)}`);
  throw new UserError(describeMissing(resultsRoot, nameOrPath, runs));
}

/** All runs of the results that it could be; none where it names none. `withWaiting`: also those that have no folder yet. */
export function findPossibleRuns(resultsRoot: string, nameOrPath: string, { withWaiting = false } = {}): FoundRun[] {
  return matchRuns(listRuns(resultsRoot, withWaiting), nameOrPath);
}

function matchRuns(runs: readonly FoundRun[], nameOrPath: string): FoundRun[] {
  const isSame = (run: FoundRun): boolean => run.id === nameOrPath || `${run.experiment}/${run.id}` === nameOrPath;
  const path = resolve(nameOrPath);
  for (const is of [
    isSame,
    (run: FoundRun) => resolve(run.folder) === path,
    (run: FoundRun) => isWholePart(run, nameOrPath),
    (run: FoundRun) => isPart(run, nameOrPath),
  ]) {
    const found = runs.filter(is);
    if (found.length > 0) return found;
  }
  return [];
}

/** Of a path into the results the name of the experiment; of another one a name that is none. */
const firstFolderOf = (resultsRoot: string, path: string): string => relative(resolve(resultsRoot), resolve(path)).split(sep)[0]!;

/** A run's folder that lies anywhere: in other results, copied, a reproduction. */
function findFolder(path: string): FoundRun | null {
  if (!RUN_FILES.some((file) => existsSync(file(path)))) return null;
  const folder = realpathSync(path);
  return { experiment: basename(dirname(folder)), id: basename(folder), folder };
}

/** What stands before the hash: `one-seed7`, which is also the beginning of `one-seed70`. */
function isWholePart(run: FoundRun, nameOrPath: string): boolean {
  return run.id.slice(0, run.id.lastIndexOf('-')) === partOf(run, nameOrPath);
}

function partOf({ experiment }: FoundRun, nameOrPath: string): string {
  const own = `${experiment}/`;
  return nameOrPath.startsWith(own) ? nameOrPath.slice(own.length) : nameOrPath;
}

function isPart(run: FoundRun, nameOrPath: string): boolean {
  const { id } = run;
  const part = partOf(run, nameOrPath);
  return part !== '' && (id.startsWith(part) || id.slice(id.lastIndexOf('-') + 1).startsWith(part));
}

/** Folders of runs; runs that have not been started have none. */
function listRuns(resultsRoot: string, withWaiting = false): FoundRun[] {
  const begun = listFolderNames(resultsRoot).flatMap((experiment) =>
    listFolderNames(experimentFolder(resultsRoot, experiment))
      .map((id) => ({ experiment, id, folder: runFolder(resultsRoot, experiment, id) }))
      .filter(({ folder }) => RUN_FILES.some((file) => existsSync(file(folder)))),
  );
  return withWaiting ? [...begun, ...listWaiting(resultsRoot, begun)] : begun;
}

/** Runs that experiments were last started with, and that have not begun. */
function listWaiting(resultsRoot: string, begun: readonly FoundRun[]): FoundRun[] {
  const known = new Set(begun.map(({ experiment, id }) => `${experiment}/${id}`));
  return listExperiments(resultsRoot).flatMap(({ name: experiment, record }) =>
    (record?.runs ?? [])
      .map(({ id }) => ({ experiment, id, folder: runFolder(resultsRoot, experiment, id) }))
      .filter(({ id }) => isRunName(id) && !known.has(`${experiment}/${id}`)),
  );
}

/** What makes a folder that of a run: a person may keep others beside them. */
const RUN_FILES = [runFile, outcomeFile, metricsFile, logFile];

function describeRuns(resultsRoot: string, nameOrPath: string, found: FoundRun[]): string {
  const names = found.slice(0, MOST_RUNS_NAMED).map(({ experiment, id }) => `${experiment}/${id}`);
  const more = found.length > MOST_RUNS_NAMED ? ` and ${found.length - MOST_RUNS_NAMED} more` : '';
  return `Expected one run of ${resultsRoot}, got ${quote(nameOrPath)}, which names ${found.length}: ${names.join(', ')}${more}`;
}

function describeMissing(resultsRoot: string, nameOrPath: string, runs: FoundRun[]): string {
  const isNested = nameOrPath.includes('/') && dirname(nameOrPath) !== '.';
  const names = runs.map(({ experiment, id }) => (isNested ? `${experiment}/${id}` : id));
  const hint = suggest(nameOrPath, names) || `; they are named as in ${names.slice(0, 2).join(', ')}`;
  return `Expected the id or folder of a run in ${resultsRoot}, got ${quote(nameOrPath)}${hint}`;
}

/** The name that an experiment file has now; null where there is no such file, or it has no name. */
export type NameOf = (file: string) => string | null;

/**
 * By its name, its folder, or a file: the experiment that the file names now, whatever was started from it before. Only where the file
 * cannot tell, the one that was started from it. Throws a UserError with the nearest name where there is none, or with all that it could
 * be.
 */
export function findExperiment(resultsRoot: string, nameOrPath: string, nameOf: NameOf = () => null): ExperimentSummary {
  const experiments = listExperiments(resultsRoot);
  const path = resolve(nameOrPath);
  const found = experiments.find(({ name }) => name === nameOrPath) ?? experiments.find(({ folder }) => resolve(folder) === path);
  if (found) return found;
  const names = experiments.map(({ name }) => name);
  const link = describeLink(resultsRoot, nameOrPath);
  if (link !== null) throw new UserError(link);
  if (names.length === 0) throw new ResultsFolderError(`Expected an experiment, and ${resultsRoot} holds none, got ${quote(nameOrPath)}`);
  return (
    findStarted(experiments, nameOrPath, nameOf) ??
    fail(`Expected ${describeExperiments(resultsRoot, names)}, got ${quote(nameOrPath)}${suggest(nameOrPath, names)}`)
  );
}

function findStarted(experiments: readonly ExperimentSummary[], file: string, nameOf: NameOf): ExperimentSummary | null {
  const path = resolve(file);
  const started = experiments.filter(({ record }) => typeof record?.file === 'string' && resolve(record.file) === path);
  const list = started.map(({ name }) => name).join(', ');
  const name = nameOf(file);
  if (name === null) {
    if (started.length > 1) fail(`Expected one experiment, got ${quote(file)}, from which ${started.length} were started: ${list}`);
    return started[0] ?? null;
  }
  const before = started.length === 0 ? '' : `; started from it under another name: ${list}`;
  return (
    experiments.find((experiment) => experiment.name === name) ??
    fail(`${file} names the experiment ${quote(name)}, which has not been started${before}`)
  );
}

function fail(message: string): never {
  throw new UserError(message);
}

/** The experiments there are, as far as they fit into a line. */
function describeExperiments(resultsRoot: string, names: string[]): string {
  const shown = names.slice(0, MOST_EXPERIMENTS_NAMED).join(', ');
  const more = names.length > MOST_EXPERIMENTS_NAMED ? ` and ${names.length - MOST_EXPERIMENTS_NAMED} more` : '';
  return `an experiment in ${resultsRoot} (${shown}${more})`;
}

const MOST_EXPERIMENTS_NAMED = 8;
const MOST_RUNS_NAMED = 5;
