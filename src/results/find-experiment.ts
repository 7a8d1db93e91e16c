// Room: results. The experiment that a person means.

import { resolve } from 'node:path';
import { suggest } from '../experiment/yaml/nearest.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { ResultsFolderError } from './errors.ts';
import { type ExperimentSummary, listExperiments } from './read.ts';

/** By its name, its folder, or the file that it was started from. Throws a ResultsFolderError with the nearest name where there is none. */
export function findExperiment(resultsRoot: string, given: string): ExperimentSummary {
  const experiments = listExperiments(resultsRoot);
  const path = resolve(given);
  const found =
    experiments.find(({ name }) => name === given) ??
    experiments.find(({ folder }) => resolve(folder) === path) ??
    experiments.find(({ record }) => typeof record?.file === 'string' && resolve(record.file) === path);
  if (found) return found;
  const names = experiments.map(({ name }) => name);
  throw new ResultsFolderError(`Expected ${describeChoice(resultsRoot, names)}, got ${quote(given)}${suggest(given, names)}`);
}

/** The experiments there are, as far as they fit into a line. */
function describeChoice(resultsRoot: string, names: string[]): string {
  if (names.length === 0) return `an experiment, and ${resultsRoot} holds none`;
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `an experiment in ${resultsRoot} (${shown}${more})`;
}

const MOST_NAMED = 8;
