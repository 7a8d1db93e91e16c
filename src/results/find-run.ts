// Room: results. The run that a person means.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { suggest } from '../experiment/yaml/nearest.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { ResultsFolderError } from './errors.ts';
import { experimentFolder, logFile, metricsFile, outcomeFile, runFile, runFolder } from './paths.ts';
import { listFolderNames } from './read.ts';

export interface FoundRun {
  experiment: string;
  id: string;
  /** A plain folder in a plain folder of the results: neither is a link. */
  folder: string;
}

/**
 * By its id, `<experiment>/<id>`, its folder, or the beginning of its id or of the hash in it where no other run has the
 * same, with or without the experiment in front.
 * Throws a ResultsFolderError with the nearest ids, or with all that it could be.
 */
export function findRun(resultsRoot: string, given: string): FoundRun {
  const runs = listRuns(resultsRoot);
  const isSame = (run: FoundRun): boolean => run.id === given || `${run.experiment}/${run.id}` === given;
  const path = resolve(given);
  for (const is of [isSame, (run: FoundRun) => resolve(run.folder) === path, (run: FoundRun) => isPart(run, given)]) {
    const found = runs.filter(is);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) throw new ResultsFolderError(describeChoice(resultsRoot, given, found));
  }
  throw new ResultsFolderError(describeMissing(resultsRoot, given, runs));
}

function isPart({ experiment, id }: FoundRun, given: string): boolean {
  const own = `${experiment}/`;
  const part = given.startsWith(own) ? given.slice(own.length) : given;
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

function describeChoice(resultsRoot: string, given: string, found: FoundRun[]): string {
  const names = found.slice(0, MOST_NAMED).map(({ experiment, id }) => `${experiment}/${id}`);
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  return `Expected one run of ${resultsRoot}, got ${quote(given)}, which names ${found.length}: ${names.join(', ')}${more}`;
}

function describeMissing(resultsRoot: string, given: string, runs: FoundRun[]): string {
  if (runs.length === 0) return `Expected a run, and ${resultsRoot} holds none, got ${quote(given)}`;
  const isNested = given.includes('/') && dirname(given) !== '.';
  const names = runs.map(({ experiment, id }) => (isNested ? `${experiment}/${id}` : id));
  const hint = suggest(given, names) || `; they are named as in ${names.slice(0, 2).join(', ')}`;
  return `Expected the id or folder of a run in ${resultsRoot}, got ${quote(given)}${hint}`;
}

const MOST_NAMED = 5;
