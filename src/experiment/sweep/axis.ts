// Room: experiment/sweep (pure). An axis of a sweep, and the field that it claims.

import type { z } from 'zod';
import { SWEEPABLE_FIELDS } from '../schema/fields.ts';
import type { HalvingConfig } from '../schema/schema.ts';
import { suggestField } from '../schema/suggest-field.ts';
import type { Fault, Place } from '../yaml/fault.ts';
import { formatPath, quote } from '../yaml/quote.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';
import { type Assignment, readAxisValues } from './axis-values.ts';

/** One dimension of the sweep. A zip group or the random block sets several fields at once. */
export interface Axis {
  fields: string[];
  /** For messages. */
  title: string;
  size: number;
  /** The assignments of each of its points, `size` of them at most. */
  choices: () => readonly (readonly Assignment[])[];
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
  const schema = SWEEPABLE_FIELDS.get(field);
  const path = formatPath(at.path);
  if (schema === undefined)
    read.faults.push({ ...at.place, path, message: `expected a field that a sweep can set, got ${quote(field)}${suggestField(field)}` });
  else if (read.values.has(field))
    read.faults.push({ ...at.place, path, message: `expected one axis for each field, got a second one for ${field}` });
  return read.values.has(field) ? undefined : schema;
}
