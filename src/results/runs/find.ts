// The run or the experiment that a person means.

import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { ResultsFolderError } from '../errors.ts';
import { experimentFolder, logFile, metricsFile, outcomeFile, runFile, runFolder } from '../paths.ts';
import { type ExperimentSummary, listExperiments, listFolderNames } from '../read.ts';

export interface FoundRun {
  experiment: string;
  id: string;
  /** A plain folder in a plain folder of the results: neither is a link. */
  folder: string;
}

/**
 * By its id, `<experiment>/<id>`, its folder wherever that lies, or the beginning of its id or of the hash in it where no other run has the
 * same, with or without the experiment in front.
 * Throws a UserError with the nearest ids, or with all that it could be.
 */
export function findRun(resultsRoot: string, nameOrPath: string): FoundRun {
  const runs = listRuns(resultsRoot);
  const isSame = (run: FoundRun): boolean => run.id === nameOrPath || `${run.experiment}/${run.id}` === nameOrPath;
  const path = resolve(nameOrPath);
  for (const is of [isSame, (run: FoundRun) => resolve(run.folder) === path, (run: FoundRun) => isPart(run, nameOrPath)]) {
    const found = runs.filter(is);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) throw new UserError(describeRuns(resultsRoot, nameOrPath, found));
  }
  const elsewhere = findFolder(path);
  if (elsewhere) return elsewhere;
  if (runs.length === 0) throw new ResultsFolderError(`Expected a run, and ${resultsRoot} holds none, got ${quote(nameOrPath)}`);
  throw new UserError(describeMissing(resultsRoot, nameOrPath, runs));
}

/** A run's folder that lies anywhere: in other results, copied, a reproduction. */
function findFolder(path: string): FoundRun | null {
  if (!RUN_FILES.some((file) => existsSync(file(path)))) return null;
  const folder = realpathSync(path);
  return { experiment: basename(dirname(folder)), id: basename(folder), folder };
}

function isPart({ experiment, id }: FoundRun, nameOrPath: string): boolean {
  const own = `${experiment}/`;
  const part = nameOrPath.startsWith(own) ? nameOrPath.slice(own.length) : nameOrPath;
  return part !== '' && (id.startsWith(part) || id.slice(id.lastIndexOf('-') + 1).startsWith(part));
}

/** Folders of runs; runs that have not been started have none. */
function listRuns(resultsRoot: string): FoundRun[] {
  return listFolderNames(resultsRoot).flatMap((experiment) =>
    listFolderNames(experimentFolder(resultsRoot, experiment))
      .map((id) => ({ experiment, id, folder: runFolder(resultsRoot, experiment, id) }))
      .filter(({ folder }) => RUN_FILES.some((file) => existsSync(file(folder)))),
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

/** By its name, its folder, or the file that it was started from. Throws a UserError with the nearest name where there is none. */
export function findExperiment(resultsRoot: string, nameOrPath: string): ExperimentSummary {
  const experiments = listExperiments(resultsRoot);
  const path = resolve(nameOrPath);
  const found =
    experiments.find(({ name }) => name === nameOrPath) ??
    experiments.find(({ folder }) => resolve(folder) === path) ??
    experiments.find(({ record }) => typeof record?.file === 'string' && resolve(record.file) === path);
  if (found) return found;
  const names = experiments.map(({ name }) => name);
  if (names.length === 0) throw new ResultsFolderError(`Expected an experiment, and ${resultsRoot} holds none, got ${quote(nameOrPath)}`);
  throw new UserError(`Expected ${describeExperiments(resultsRoot, names)}, got ${quote(nameOrPath)}${suggest(nameOrPath, names)}`);
}

/** The experiments there are, as far as they fit into a line. */
function describeExperiments(resultsRoot: string, names: string[]): string {
  const shown = names.slice(0, MOST_EXPERIMENTS_NAMED).join(', ');
  const more = names.length > MOST_EXPERIMENTS_NAMED ? ` and ${names.length - MOST_EXPERIMENTS_NAMED} more` : '';
  return `an experiment in ${resultsRoot} (${shown}${more})`;
}

const MOST_EXPERIMENTS_NAMED = 8;
const MOST_RUNS_NAMED = 5;
