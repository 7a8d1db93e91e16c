// (pure) The configuration of runs, field by field, and what of it differs among them.

import type { Run } from '../../results/read.ts';
import type { ParameterTable, Scalar } from './api.ts';

/** `runs` in the order of the experiment. Fields in the order of their first sight. */
export function tabulateParameters(runs: readonly Run[]): ParameterTable {
  const flat = runs.map((run) => ({ run, fields: run.record === null ? null : parametersOf(run) }));
  const known = flat.flatMap(({ fields }) => (fields === null ? [] : [fields]));
  const names = [...new Set(known.flatMap((fields) => [...fields.keys()]))];
  const isSame = (name: string): boolean => known.every((fields) => fields.get(name) === known[0]!.get(name));
  const differing = names.filter((name) => !isSame(name));
  return {
    fields: differing,
    values: Object.fromEntries(
      flat.map(({ run, fields }) => [run.id, fields && differing.map((name): Scalar => fields.get(name) ?? null)]),
    ),
    common: Object.fromEntries(names.filter(isSame).map((name): [string, Scalar] => [name, known[0]!.get(name) ?? null])),
  };
}

/** A run's value of a field as text, as the axis of the sweep is labelled where it is one; '' where it is not known. */
export function parameterOf(run: Run, field: string): string {
  const label = run.axes[field];
  if (label !== undefined) return label;
  const value = run.record === null ? undefined : parametersOf(run).get(field);
  return value === undefined ? '' : String(value);
}

/** Once for each run: the configuration never changes while its record is the same. */
function parametersOf({ record, axes }: Run): Map<string, Scalar> {
  const kept = known.get(record!);
  if (kept) return kept;
  const fields = flattenConfig(record!.config);
  for (const [axis, label] of Object.entries(axes)) if (typeof fields.get(axis) !== 'number') fields.set(axis, label);
  known.set(record!, fields);
  return fields;
}

const known = new WeakMap<object, Map<string, Scalar>>();

/** A configuration, or a part of it, field by field: `training.seed` -> 1. */
export function flattenConfig(config: unknown): Map<string, Scalar> {
  const fields = new Map<string, Scalar>();
  flatten(config, '', fields);
  return fields;
}

/** Only so deep as a configuration is: another version, or a person, may have written anything. */
const DEEPEST = 4;

function flatten(value: unknown, name: string, into: Map<string, Scalar>, depth = 0): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (depth >= DEEPEST) return void into.set(name, '{…}');
    for (const [key, each] of Object.entries(value)) flatten(each, name === '' ? key : `${name}.${key}`, into, depth + 1);
  } else {
    into.set(name, Array.isArray(value) ? describeList(value) : isScalar(value) ? value : String(value));
  }
}

function describeList(list: unknown[]): string {
  if (list.length === 0) return 'none';
  return list.map((each) => (typeof each === 'object' && each !== null ? '{…}' : String(each))).join(', ');
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
