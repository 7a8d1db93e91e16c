// Room: results. The run that a person means.

import { dirname, resolve } from 'node:path';
import { suggest } from '../experiment/nearest.ts';
import { quote } from '../experiment/quote.ts';
import { UserError } from '../experiment/user-error.ts';
import { experimentFolder, runFolder } from './paths.ts';
import { listFolderNames } from './read.ts';

export interface FoundRun {
  experiment: string;
  id: string;
  folder: string;
}

/**
 * By its id, `<experiment>/<id>`, its folder, or the beginning or the hash of its id where no other run has the same.
 * Throws a UserError with the nearest ids, or with all that it could be.
 */
export function findRun(resultsRoot: string, given: string): FoundRun {
  const runs = listRuns(resultsRoot);
  const isSame = (run: FoundRun): boolean => run.id === given || `${run.experiment}/${run.id}` === given;
  const isPart = ({ id }: FoundRun): boolean => given !== '' && (id.startsWith(given) || id.slice(id.lastIndexOf('-') + 1) === given);
  const path = resolve(given);
  for (const is of [isSame, (run: FoundRun) => resolve(run.folder) === path, isPart]) {
    const found = runs.filter(is);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) throw new UserError(describeChoice(resultsRoot, given, found));
  }
  throw new UserError(describeMissing(resultsRoot, given, runs));
}

/** Folders of runs; runs that have not been started have none. */
function listRuns(resultsRoot: string): FoundRun[] {
  return listFolderNames(resultsRoot).flatMap((experiment) =>
    listFolderNames(experimentFolder(resultsRoot, experiment)).map((id) => ({
      experiment,
      id,
      folder: runFolder(resultsRoot, experiment, id),
    })),
  );
}

function describeChoice(resultsRoot: string, given: string, found: FoundRun[]): string {
  const names = found.slice(0, MOST_NAMED).map(({ experiment, id }) => `${experiment}/${id}`);
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  return `Expected one run of ${resultsRoot}, got ${quote(given)}, which names ${found.length}: ${names.join(', ')}${more}`;
}

function describeMissing(resultsRoot: string, given: string, runs: FoundRun[]): string {
  if (runs.length === 0) return `Expected a run, and ${resultsRoot} holds none (--results names another folder), got ${quote(given)}`;
  const isNested = given.includes('/') && dirname(given) !== '.';
  const names = runs.map(({ experiment, id }) => (isNested ? `${experiment}/${id}` : id));
  const hint = suggest(given, names) || `; they are named as in ${names.slice(0, 2).join(', ')}`;
  return `Expected the id or folder of a run in ${resultsRoot}, got ${quote(given)}${hint}`;
}

const MOST_NAMED = 5;
