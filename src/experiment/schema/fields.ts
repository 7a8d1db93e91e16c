// (pure) The fields of a run's configuration by their dotted names, and how to set them.

import * as z from 'zod';
import { type RunConfig, runConfigSchema } from './schema.ts';
import { shapeOf } from './schema-walk.ts';

/** Of sections that decide weights, the fields that change none. */
const NOT_SWEPT = new Set(['dataset.phrases', 'dataset.maxLeftOut']);

/** Dotted name -> schema of every field that a sweep may vary, in the order of the schema. */
export const SWEEPABLE_FIELDS: ReadonlyMap<string, z.ZodType> = listFields();

/** The parameters of a trainer of one's own, which the schema cannot list. */
const PARAMETER = /^trainer\.parameters\.[^.\s]+(\.[^.\s]+)*$/;
const ANY_VALUE = z.unknown().meta({ expected: 'a value' });

/** The schema of a field that a sweep may vary; undefined where there is none of that name. */
export function sweepableField(field: string): z.ZodType | undefined {
  return SWEEPABLE_FIELDS.get(field) ?? (PARAMETER.test(field) ? ANY_VALUE : undefined);
}

/** The schema's order, which is the order of what a reader wants to know first. */
const ORDER = new Map(['attributes', ...SWEEPABLE_FIELDS.keys()].map((field, index) => [field, index]));

/** `training.seed` -> its value. */
export function getField(config: object, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
}

/** A copy that shares everything but the changed sections. The values have been checked against their fields' schemas. */
export function withFields(config: RunConfig, values: Iterable<{ field: string; value: unknown }>): RunConfig {
  const copy: Record<string, unknown> = { ...config };
  for (const { field, value } of values) {
    const keys = field.split('.');
    const last = keys.pop()!;
    let map = copy;
    for (const key of keys) {
      const inner = { ...(map[key] as Record<string, unknown>) };
      map[key] = inner;
      map = inner;
    }
    map[last] = value;
  }
  return copy as unknown as RunConfig;
}

export function compareFields(a: string, b: string): number {
  return (ORDER.get(a) ?? ORDER.size) - (ORDER.get(b) ?? ORDER.size);
}

function listFields(): Map<string, z.ZodType> {
  const fields = new Map<string, z.ZodType>();
  for (const [section, schema] of Object.entries(runConfigSchema.shape)) {
    const shape = shapeOf(schema);
    if (section === 'checkpoint' || section === 'evaluation' || section === 'trainer') continue; // the first two change no weights
    if (shape === undefined) fields.set(section, schema);
    else
      for (const [key, field] of Object.entries(shape))
        if (!NOT_SWEPT.has(`${section}.${key}`)) fields.set(`${section}.${key}`, field as z.ZodType);
  }
  return fields;
}
