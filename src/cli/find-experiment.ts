// The experiment that a person means by a name, a folder or an experiment file.

import { existsSync, lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { type ExperimentSummary, readExperiment } from '../results/read.ts';
import { findExperiment as findByName } from '../results/runs/find.ts';
import { readExperimentName } from './load-experiment.ts';

/** Throws a UserError where there is none, or the file names one that was not started. */
export function findExperiment(resultsRoot: string, nameOrPath: string): ExperimentSummary {
  return findByName(resultsRoot, nameOrPath, nameOf);
}

function nameOf(file: string): string | null {
  if (!lstatSync(file, { throwIfNoEntry: false })) return null;
  try {
    return readExperimentName(file);
  } catch (error) {
    if (error instanceof UserError) return null; // a faulty file: what was started from it stands
    throw error;
  }
}

/** A line where the experiment was last started from another file that is still there; none where it was not. */
export function describeOtherFile(resultsRoot: string, { name, file }: { name: string; file: string }): string[] {
  const before = readExperiment(resultsRoot, name).record?.file;
  if (typeof before !== 'string' || resolve(before) === resolve(file) || !existsSync(before)) return [];
  return [
    `${quote(name)} was last started from ${before}. Both files have this name and share its results: runs that ${file} does not ask for become former runs. Give one of them another \`name\`.`,
  ];
}
