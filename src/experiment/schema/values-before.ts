// (pure) What runs of former versions had in place of fields that came later.

import type { z } from 'zod';
import { appliesTo } from './dataset.ts';
import { type RunConfig, runConfigSchema } from './schema.ts';
import { shapeOf } from './schema-walk.ts';

/** Section -> field -> the value that every run had before the field existed. */
export type ValuesBefore = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** In place of a field, for a section that is a value itself. */
export const WHOLE = '';

export function listValuesBefore(schema: z.ZodType): ValuesBefore {
  const values = new Map<string, Map<string, unknown>>();
  for (const [section, inner] of Object.entries(shapeOf(schema) ?? {})) {
    for (const [field, type] of [[WHOLE, inner] as const, ...Object.entries(shapeOf(inner) ?? {})]) {
      const before = (type as z.ZodType).meta()?.before;
      if (before !== undefined) values.set(section, (values.get(section) ?? new Map()).set(field, before));
    }
  }
  return values;
}

const BEFORE = listValuesBefore(runConfigSchema);
const EVALUATION = runConfigSchema.shape.evaluation.parse(undefined);

/**
 * The configuration of a run.json, whatever version wrote it: a field that it lacks has the value that runs had before the field existed.
 * `evaluation`, which changes no weights, has its defaults.
 */
export function liftConfig(config: RunConfig): RunConfig {
  const lifted: Record<string, unknown> = { ...config, evaluation: { ...EVALUATION, ...config.evaluation } };
  for (const [name, fields] of BEFORE) {
    const section = lifted[name];
    if (typeof section !== 'object' || section === null) continue;
    const missing = [...fields].filter(
      ([field]) =>
        (section as Record<string, unknown>)[field] === undefined && (name !== 'dataset' || appliesTo(config.dataset.source, field)),
    );
    if (missing.length > 0) lifted[name] = { ...section, ...Object.fromEntries(missing) };
  }
  return lifted as unknown as RunConfig;
}
