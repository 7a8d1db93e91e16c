// (pure) exclude and include of a sweep: points named by the labels or values of their fields.

import { sweepableField } from '../schema/fields.ts';
import { suggestField } from '../schema/suggest-field.ts';
import type { Fault } from '../user-error.ts';
import { nearestName, suggest } from '../yaml/nearest.ts';
import { formatPath, joinWithOr, quote } from '../yaml/quote.ts';
import { describeFound, type YamlEntry, type YamlMap } from '../yaml/yaml-node.ts';
import type { AxesRead } from './axis.ts';
import { type Assignment, readValue } from './axis.ts';

/** A point is left out if, for every field named here, it has this value (as a key of equal values). */
export type Exclusion = ReadonlyMap<string, string>;

export interface PointsRead {
  exclude: Exclusion[];
  include: Inclusion[];
  faults: Fault[];
}

export interface Inclusion {
  assignments: Assignment[];
  /** The item itself, for faults of the point as a whole. */
  node: YamlMap;
}

/** Reports what cannot match or be set, and leaves those points out. */
export function readPoints(sweep: YamlMap, axes: AxesRead): PointsRead {
  const read: PointsRead = { exclude: [], include: [], faults: [] };
  for (const { node, path } of listItems(sweep, 'exclude')) {
    const values = [...node.entries].map(([field, entry]) => readExcluded({ field, entry, path: [...path, field] }, axes, read.faults));
    if (values.length === 0)
      read.faults.push({ ...node.place, path: formatPath(path), message: 'expected a value for at least one axis, got none' });
    else if (values.every((value) => value !== undefined)) read.exclude.push(new Map(values.map((value) => [value.field, value.key])));
  }
  for (const { node, path } of listItems(sweep, 'include')) {
    const values = [...node.entries].map(([field, entry]) => readNamed({ field, entry, path: [...path, field] }, axes, read.faults));
    if (values.every((value) => value !== undefined)) read.include.push({ assignments: values, node });
  }
  return read;
}

interface NamedValue {
  field: string;
  entry: YamlEntry;
  path: readonly PropertyKey[];
}

/** Excluding what no axis gives is a slip of the pen: nothing would be left out. */
function readExcluded(named: NamedValue, axes: AxesRead, faults: Fault[]): Assignment | undefined {
  const { field, entry, path } = named;
  const offered = axes.values.get(field);
  if (sweepableField(field) && offered === undefined) {
    if (axes.faults.length > 0) return undefined; // its axis may be the faulty one
    const nearest = nearestName(field, axes.values.keys());
    const swept = nearest === undefined ? listOffer([...axes.values.keys()]) : `; did you mean "${nearest}"?`;
    faults.push({ ...entry.keyPlace, path: formatPath(path), message: `expected an axis of this sweep, got ${quote(field)}${swept}` });
    return undefined;
  }
  const value = readNamed(named, axes, faults);
  if (value === undefined || offered == null || axes.faults.length > 0 || offered.some(({ key }) => key === value.key)) return value;
  const message = `expected a value of this axis (${joinWithOr(offered.slice(0, 12).map(({ label }) => label))}), got ${describeFound(entry.value)}`;
  faults.push({ ...entry.value.place, path: formatPath(path), message });
  return undefined;
}

/** A text is first looked up among the labels of its axis, then taken as a value of the field. */
function readNamed({ field, entry, path }: NamedValue, axes: AxesRead, faults: Fault[]): Assignment | undefined {
  const schema = sweepableField(field);
  if (schema === undefined) {
    faults.push({
      ...entry.keyPlace,
      path: formatPath(path),
      message: `expected a field that a sweep can set, got ${quote(field)}${suggestField(field)}`,
    });
    return undefined;
  }
  const node = entry.value;
  const offered = axes.values.get(field) ?? [];
  const text = node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
  const labelled = text === undefined ? undefined : offered.find(({ label }) => label === text);
  if (labelled !== undefined) return { ...labelled, node, path };
  const found: Fault[] = [];
  const value = readValue({ field, schema, node, path }, found);
  if (value !== undefined) return { ...value, label: offered.find(({ key }) => key === value.key)?.label ?? value.label };
  const labels = offered.map(({ label }) => label);
  if (typeof text === 'string' && labels.length > 0)
    faults.push(...found.map((fault) => ({ ...fault, message: `${fault.message}${suggest(text, labels) || listOffer(labels)}` })));
  else faults.push(...found);
  return undefined;
}

function listOffer(names: readonly string[]): string {
  return names.length > 0 && names.length <= 12 ? `; there are ${names.join(', ')}` : '';
}

function listItems(sweep: YamlMap, key: 'exclude' | 'include'): { node: YamlMap; path: readonly PropertyKey[] }[] {
  const list = sweep.entries.get(key)?.value;
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((node, index) => (node.kind === 'map' ? [{ node, path: ['sweep', key, index] }] : []));
}
