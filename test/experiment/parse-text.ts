// Experiment files for the tests: texts held in memory, and those under test/fixtures/experiments.

import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { type ParseResult, parseExperiment } from '../../src/experiment/parse.ts';
import type { AttributesOf } from '../../src/experiment/schema/known-attributes.ts';
import type { Experiment, RunConfig, SweepPoint } from '../../src/experiment/schema/schema.ts';
import { formatFault } from '../../src/experiment/user-error.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/experiments');

interface Options {
  overrides?: string[];
  /** Files that can be extended. */
  files?: Record<string, string>;
  attributesOf?: AttributesOf;
}

/** A file named x.yaml with this text. */
export function parseText(text: string, options: Options = {}): ParseResult {
  return parseExperiment({
    file: 'x.yaml',
    text,
    overrides: options.overrides,
    readExtended: (path) => {
      const file = normalize(path);
      const extended = options.files?.[file];
      return extended === undefined ? { problem: 'does not exist' } : { file, text: extended };
    },
    attributesOf: options.attributesOf ?? (() => undefined),
  });
}

export function parseFixture(name: string): ParseResult {
  const read = (path: string) => ({ file: normalize(path), text: readFileSync(join(FIXTURES, path), 'utf8') });
  return parseExperiment({
    ...read(name),
    readExtended: (path, from) => read(join(from, '..', path)),
    attributesOf: () => undefined,
  });
}

export function faultLines(result: ParseResult): string[] {
  return result.ok ? [] : result.faults.map(formatFault);
}

export function faultsIn(text: string, options?: Options): string[] {
  return faultLines(parseText(text, options));
}

export function experimentIn(text: string, options?: Options): Experiment {
  const result = parseText(text, options);
  if (!result.ok) throw new Error(`Expected a valid experiment, got\n${faultLines(result).join('\n')}`);
  return result.experiment;
}

export function pointsIn(text: string, options?: Options): SweepPoint[] {
  return experimentIn(text, options).points;
}

/** The only run of a file without a sweep. */
export function configIn(text: string, options?: Options): RunConfig {
  const points = pointsIn(text, options);
  if (points.length !== 1) throw new Error(`Expected one run, got ${points.length}`);
  return points[0]!.config;
}

/** The labels of each point, in order: `two 1`. */
export function labelsIn(text: string, options?: Options): string[] {
  return pointsIn(text, options).map((point) => Object.values(point.axes).join(' '));
}

/** The least that is an experiment. */
export const HEAD = 'name: x\nattributes: [Male, Young]\n';
