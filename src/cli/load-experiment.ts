// An experiment file on disk -> the checked experiment.

import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { parseExperiment } from '../experiment/parse.ts';
import type { AttributesOf } from '../experiment/schema/known-attributes.ts';
import type { Experiment } from '../experiment/schema/schema.ts';
import { formatFaults, UserError } from '../experiment/user-error.ts';
import type { ReadExtended, TextFile } from '../experiment/yaml/read-file.ts';
import { MAX_FILE_LENGTH } from '../experiment/yaml/read-yaml.ts';
import { readAttributes } from '../model/data/sources/index.ts';
import { describeUnreadable, isSystemError } from '../results/errors.ts';

/** Throws a UserError with a line for each fault. */
export function loadExperiment(file: string, overrides: readonly string[]): Experiment {
  const result = parseExperiment({
    ...readFile(file),
    overrides,
    readExtended,
    attributesOf,
    anyMetric: Boolean(process.env.FACET_TRAINER),
  });
  if (result.ok) return result.experiment;
  throw new UserError(formatFaults(result.faults).join('\n'));
}

function readFile(file: string): TextFile {
  try {
    return readText(resolve(file));
  } catch (error) {
    throw new UserError(`${file}  expected an experiment file, got one that ${describeUnreadable(error)}`, { cause: error });
  }
}

const readExtended: ReadExtended = (path, from) => {
  try {
    return readText(resolve(dirname(resolve(from)), path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { problem: describeUnreadable(error) };
  }
};

/** Reads no more of a huge file than the parser needs to refuse it. */
function readText(path: string): TextFile {
  const bytes = Buffer.alloc(MAX_FILE_LENGTH + 1);
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(file, bytes, length, bytes.length - length, null);
    }
    return { file: nameFor(path), text: bytes.toString('utf8', 0, length) };
  } finally {
    closeSync(file);
  }
}

/** Relative to the working directory, unless that leads far away. */
function nameFor(path: string): string {
  const near = relative(process.cwd(), path);
  return isAbsolute(near) || near.startsWith('../..') ? path : near;
}

const attributesOf: AttributesOf = (dataset) => {
  try {
    return readAttributes(dataset);
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error))
      return { reason: error.message.replace(/^dataset\.(root|labels): /, '') };
    throw error;
  }
};
