// Room: experiment/sweep (pure). The values of one axis, each checked like the field that it sets, at its own place.

import type { z } from 'zod';
import { canonicalJson } from '../canonical.ts';
import { checkNode } from '../schema/check.ts';
import type { Fault } from '../yaml/fault.ts';
import { formatPath } from '../yaml/quote.ts';
import { isReset, type YamlNode } from '../yaml/yaml-node.ts';
import { createAxisLabel, distinguishLabels } from './axis-label.ts';

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
export function readAxisValues(source: AxisSource, faults: Fault[]): (Assignment | undefined)[] {
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

export function createAssignment(parts: Omit<Assignment, 'key'>): Assignment {
  return { ...parts, key: createValueKey(parts.value) };
}

export function createValueKey(value: unknown): string {
  return (typeof value === 'object' ? canonicalJson(value) : JSON.stringify(value)) ?? '';
}
