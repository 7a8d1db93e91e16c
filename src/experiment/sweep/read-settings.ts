// (pure) Everything of an experiment but its sweep: checked, defaults filled in, faulty parts set aside.

import * as z from 'zod';
import { checkNode } from '../schema/check.ts';
import { experimentSchema } from '../schema/schema.ts';
import { shapeOf } from '../schema/schema-walk.ts';
import type { Fault } from '../user-error.ts';
import { createMap, isEmpty, type YamlEntry, type YamlMap } from '../yaml/yaml-node.ts';

/** sweep and extends are known keys, but have been read elsewhere. */
const settingsSchema = experimentSchema.extend({ sweep: z.unknown().optional(), extends: z.unknown().optional() });
const namelessSchema = settingsSchema.partial({ name: true });

export interface SettingsRead {
  /** With defaults in place of what is wrong, so that the rest can be checked all the same. */
  settings: z.infer<typeof namelessSchema>;
  faults: Fault[];
  /** Whether the file says something wrong about this field, or about its whole section. */
  isWrong: (field: string) => boolean;
}

export function readSettings(root: YamlMap): SettingsRead {
  const node = without(root, (key, { value }) => key === 'sweep' || (isEmpty(value) && isSection(key)));
  const checked = checkNode(settingsSchema, node, []);
  if (checked.value !== undefined) return { settings: checked.value, faults: [], isWrong: () => false };
  const wrong = new Set(checked.wrong.map((path) => path.slice(0, isSection(path[0]) ? 2 : 1).join('\0')));
  const sound = new Map<string, YamlEntry>();
  for (const [key, entry] of node.entries) {
    if (wrong.has(key)) continue;
    const { value } = entry;
    sound.set(
      key,
      value.kind === 'map' && isSection(key) ? { ...entry, value: without(value, (inner) => wrong.has(`${key}\0${inner}`)) } : entry,
    );
  }
  const repaired = checkNode(namelessSchema, createMap(node.place, sound), []);
  if (repaired.value === undefined) throw new Error(`Removing wrong fields left wrong fields: ${repaired.faults[0]?.path}`);
  const isWrong = (field: string) => wrong.has(field.replace('.', '\0')) || wrong.has(field.split('.')[0]!);
  return { settings: repaired.value, faults: checked.faults, isWrong };
}

function isSection(key: PropertyKey | undefined): boolean {
  return typeof key === 'string' && SECTIONS.has(key);
}

/** Maps that may be empty. `trainer` is none: without its command the rest of it means nothing. */
const SECTIONS = new Set(
  Object.entries(settingsSchema.shape).flatMap(([key, schema]) => (shapeOf(schema) && schema.safeParse({}).success ? [key] : [])),
);

function without(map: YamlMap, unwanted: (key: string, entry: YamlEntry) => boolean): YamlMap {
  return createMap(map.place, new Map([...map.entries].filter(([key, entry]) => !unwanted(key, entry))));
}
