// (pure) Finds the part of a zod schema that a path leads to.

import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** The schema of the value at a path; undefined where the schema has no such place. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  const [part, ...rest] = path;
  const inner = unwrap(schema);
  if (part === undefined) return inner;
  const { def } = inner._zod;
  if (def.type === 'union') {
    for (const option of def.options) {
      const found = schemaAt(option, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (def.type === 'array') return typeof part === 'number' ? schemaAt(def.element, rest) : undefined;
  if (typeof part !== 'string') return undefined;
  if (def.type === 'record') return schemaAt(def.valueType, rest);
  if (def.type !== 'object') return undefined;
  const next = Object.hasOwn(def.shape, part) ? def.shape[part] : def.catchall;
  return next === undefined ? undefined : schemaAt(next, rest);
}

/** The fields of an object schema. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  const { def } = unwrap(schema)._zod;
  return def.type === 'object' ? def.shape : undefined;
}

/** Without the wrappers that only say what happens when the value is missing. */
function unwrap(schema: Schema): z.core.$ZodTypes {
  const inner = schema as z.core.$ZodTypes;
  const { def } = inner._zod;
  return def.type === 'optional' || def.type === 'default' || def.type === 'prefault' ? unwrap(def.innerType) : inner;
}
