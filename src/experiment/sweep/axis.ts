// (pure) One axis of a sweep: the field that it claims, its values, each checked like the field at its own place, and their labels.

import type { z } from 'zod';
import { canonicalJson } from '../canonical.ts';
import { checkNode } from '../schema/check.ts';
import { sweepableField } from '../schema/fields.ts';
import { PRESET_FIELDS } from '../schema/presets.ts';
import { suggestField } from '../schema/suggest-field.ts';
import type { HalvingConfig } from '../schema/sweep-schema.ts';
import type { Fault, Place } from '../user-error.ts';
import { formatPath, quote, shorten } from '../yaml/quote.ts';
import { isReset, type YamlNode } from '../yaml/yaml-node.ts';

/** One dimension of the sweep. A zip group or the random block sets several fields at once. */
export interface Axis {
  fields: string[];
  /** For messages. */
  title: string;
  size: number;
  /** The assignments of each of its points, `size` of them at most. */
  choices: () => readonly (readonly Assignment[])[];
  /** Faults that show only once values are drawn: called after the size of the sweep has been checked. */
  findFaults?: () => Fault[];
}

export interface AxesRead {
  /** In file order: grid, then zip, then random. */
  axes: Axis[];
  /** The values of every field that an axis sets; null where they are drawn from a range. */
  values: Map<string, readonly Assignment[] | null>;
  /** As the file has it, where it is right. */
  halving?: HalvingConfig | undefined;
  faults: Fault[];
}

/** The values of one axis, undefined where it has none that can be read. */
export function readColumn(column: { field: string; node: YamlNode; place: Place; path: readonly PropertyKey[] }, read: AxesRead) {
  const { field, node, place, path } = column;
  const schema = claimField(field, { place, path }, read);
  if (schema === undefined || node.kind === 'scalar') return undefined;
  if (node.kind === 'map' && [...node.entries.keys()].sort().join() === 'max,min') {
    read.faults.push({
      ...node.place,
      path: formatPath(path),
      message: 'expected a list of values, or a map of names to values, got a range, which belongs under sweep.random',
    });
    return undefined;
  }
  return readAxisValues({ field, schema, node, path }, read.faults);
}

/** The schema of a field that an axis may set. A field that does not exist, or has an axis already, is reported. */
export function claimField(field: string, at: { place: Place; path: readonly PropertyKey[] }, read: AxesRead): z.ZodType | undefined {
  const schema = sweepableField(field);
  const path = formatPath(at.path);
  if (schema === undefined)
    read.faults.push({ ...at.place, path, message: `expected a field that a sweep can set, got ${quote(field)}${suggestField(field)}` });
  else if (read.values.has(field))
    read.faults.push({ ...at.place, path, message: `expected one axis for each field, got a second one for ${field}` });
  return read.values.has(field) ? undefined : schema;
}

/** One value for one field. */
export interface Assignment {
  field: string;
  value: unknown;
  label: string;
  /** Equal for equal values. */
  key: string;
  /** Where it was written, and the path of that place, for faults. */
  node: YamlNode;
  path: readonly PropertyKey[];
}

export interface AxisSource {
  field: string;
  schema: z.ZodType;
  node: YamlNode;
  path: readonly PropertyKey[];
}

const MAX_NAME = 64;

/** Values that are wrong are reported and left out. `node` is a list of values, or a map of names to values. */
function readAxisValues(source: AxisSource, faults: Fault[]): (Assignment | undefined)[] {
  const { node, path } = source;
  if (node.kind === 'list') {
    const values = node.items.map((item, index) => readValue({ ...source, node: item, path: [...path, index] }, faults));
    const labels = distinguishLabels(values.map((value) => value?.label ?? ''));
    return values.map((value, index) => value && { ...value, label: labels[index]! });
  }
  if (node.kind !== 'map') return [];
  return [...node.entries].map(([name, entry]) => {
    const at = { ...source, node: entry.value, path: [...path, name] };
    const value = readValue(at, faults);
    if (name !== '' && name.length <= MAX_NAME && !/\p{C}/u.test(name)) return value && { ...value, label: name };
    faults.push({
      ...entry.keyPlace,
      path: formatPath(at.path),
      message: `expected a name of 1 to ${MAX_NAME} visible characters, got one of ${name.length}`,
    });
    return undefined;
  });
}

/** One value of a field; null stands for the field's default. */
export function readValue(source: AxisSource, faults: Fault[]): Assignment | undefined {
  const { field, schema, node, path } = source;
  const checked = checkNode(schema, node, path);
  faults.push(...checked.faults);
  if (checked.faults.length > 0) return undefined;
  const label = isReset(node) ? 'default' : createAxisLabel(checked.value, node.kind === 'scalar' ? node.source : undefined);
  return createAssignment({ field, value: checked.value, label, node, path });
}

/** The default of a field that presets decide is a value of its own until bases.ts knows the preset of the point. */
function createAssignment(parts: Omit<Assignment, 'key'>): Assignment {
  const key = isReset(parts.node) && PRESET_FIELDS.has(parts.field) ? 'default' : createValueKey(parts.value);
  return { ...parts, key };
}

export function createValueKey(value: unknown): string {
  return (typeof value === 'object' ? canonicalJson(value) : JSON.stringify(value)) ?? '';
}

const MAX_LABEL = 32;

/** Numbers and words as written, lists joined by `+`; cut to about 32 characters. */
export function createAxisLabel(value: unknown, source?: string): string {
  if (value === undefined) return 'default';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : joinParts(value.map((part) => createAxisLabel(part)));
  if (typeof value === 'object') return shorten(JSON.stringify(value), MAX_LABEL);
  return shorten(typeof value === 'number' && source !== undefined ? source : String(value), MAX_LABEL);
}

/** The same labels, repeated ones told apart by a number. */
function distinguishLabels(labels: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return labels.map((label) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 ? label : `${label} #${count}`;
  });
}

function joinParts(parts: readonly string[]): string {
  const whole = parts.join('+');
  if (whole.length <= MAX_LABEL) return whole;
  let shown = 1;
  while (parts.slice(0, shown + 1).join('+').length <= MAX_LABEL - 5) shown++;
  return parts.length === shown ? shorten(whole, MAX_LABEL) : `${parts.slice(0, shown).join('+')}+${parts.length - shown} more`;
}
