// An experiment file on disk -> the checked experiment.

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type ParseInput, type ParseResult, parseExperiment } from '../experiment/parse.ts';
import type { AttributesOf } from '../experiment/schema/known-attributes.ts';
import type { DatasetConfig, Experiment, RunConfig } from '../experiment/schema/schema.ts';
import { formatFaults, UserError } from '../experiment/user-error.ts';
import type { ReadExtended, TextFile } from '../experiment/yaml/read-file.ts';
import { MAX_FILE_LENGTH } from '../experiment/yaml/read-yaml.ts';
import { expandPath, locatePath } from '../machine/resolve-path.ts';
import { lookAtLists } from '../model/data/look-at-lists.ts';
import { describeUnreadable, isSystemError } from '../results/errors.ts';

/** Looks at the data that it names as well. Rejects with a UserError with a line for each fault. */
export async function loadExperiment(file: string, overrides: readonly string[]): Promise<Experiment> {
  const locate = createLocator(file);
  const input = { ...readFile(file), overrides, readExtended: createExtendedReader() };
  const asked = new Map<string, DatasetConfig>();
  const parsed = parse(input, (dataset) => void asked.set(JSON.stringify(dataset), dataset));
  const seen = new Map<string, ReturnType<AttributesOf>>();
  for (const [key, dataset] of asked) seen.set(key, await lookAt(dataset, locate));
  const result = asked.size === 0 ? parsed : parse(input, (dataset) => seen.get(JSON.stringify(dataset)));
  if (!result.ok) throw new UserError(formatFaults(result.faults).join('\n'));
  const { experiment } = result;
  return {
    ...experiment,
    points: experiment.points.map((point) => ({ ...point, config: locateFiles(point.config, locate, experiment.file) })),
  };
}

/** The name of the experiment in a file, or null where it is faulty. Its data are not looked at. */
export function readExperimentName(file: string): string | null {
  const result = parse({ ...readFile(file), readExtended: createExtendedReader() }, () => undefined);
  return result.ok ? result.experiment.name : null;
}

function parse(input: Omit<ParseInput, 'attributesOf'>, attributesOf: AttributesOf): ParseResult {
  return parseExperiment({ ...input, attributesOf, anyMetric: Boolean(process.env.FACET_TRAINER) });
}

/** Makes of a path in the file one that leads somewhere from here. */
type Locate = (path: string) => string;

function createLocator(file: string): Locate {
  const folder = dirname(resolve(file));
  return (path) => locatePath(expandPath(path), [folder]);
}

/** Throws a UserError that names the field. */
function locateFiles(config: RunConfig, locate: Locate, file: string): RunConfig {
  const { dataset, evaluation } = config;
  const at = (field: string, path: string | undefined, how: Locate) => {
    try {
      return path === undefined ? {} : { [field.split('.')[1]!]: how(path) };
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${file}  ${field}: ${error.message}`, { cause: error }) : error;
    }
  };
  const inRoot: Locate = (path) => locateInRoot(path, dataset, locate);
  return {
    ...config,
    dataset: {
      ...dataset,
      ...at('dataset.root', dataset.root, locate),
      ...at('dataset.labels', dataset.labels, inRoot),
      ...at('dataset.images', placeOf(dataset.images), inRoot),
    },
    evaluation: evaluation && { ...evaluation, ...at('evaluation.features', evaluation.features, locate) },
  };
}

/** `dataset.images` where it is a place. */
const placeOf = (images: DatasetConfig['images']): string | undefined => (typeof images === 'string' ? images : undefined);

/** Stays relative to dataset.root where something is there; else it is a path of its own. */
function locateInRoot(path: string, { root }: DatasetConfig, locate: Locate): string {
  const expanded = expandPath(path);
  if (isAbsolute(expanded) || root === undefined || existsSync(join(locate(root), expanded))) return expanded;
  const located = locate(path);
  return existsSync(located) ? resolve(located) : expanded;
}

function readFile(file: string): TextFile {
  try {
    return readText(resolve(file));
  } catch (error) {
    throw new UserError(`${file}  expected an experiment file, got one that ${describeUnreadable(error)}`, { cause: error });
  }
}

/** Reads each file once. */
function createExtendedReader(): ReadExtended {
  const texts = new Map<string, TextFile>();
  return (path, from) => {
    const file = resolve(dirname(resolve(from)), path);
    try {
      const text = texts.get(file) ?? readText(file);
      texts.set(file, text);
      return text;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { problem: describeUnreadable(error) };
    }
  };
}

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

async function lookAt(dataset: DatasetConfig, locate: Locate): Promise<ReturnType<AttributesOf>> {
  try {
    const { root, labels } = dataset;
    const images = placeOf(dataset.images);
    return await lookAtLists({
      ...dataset,
      ...(root !== undefined && { root: locate(root) }),
      ...(labels !== undefined && { labels: locateInRoot(labels, dataset, locate) }),
      ...(images !== undefined && { images: locateInRoot(images, dataset, locate) }),
    });
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return describeReason(error.message);
    throw error;
  }
}

/** A message that begins with a field of the data set is of that field. */
function describeReason(message: string): { reason: string; field?: string } {
  const [, field, reason] = /^dataset\.(\w+): (.*)$/s.exec(message) ?? [];
  return field === undefined ? { reason: message } : { reason: reason!, field };
}
