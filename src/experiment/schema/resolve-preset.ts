// (pure) What `model.preset` means: its values, put where an experiment file says nothing, before anything is checked.

import type { Place } from '../user-error.ts';
import { createMap, findNode, isEmpty, isReset, type YamlMap, type YamlNode } from '../yaml/yaml-node.ts';
import { listPresetFields, PRESET_NAMES, type PresetName, type PresetValue } from './presets.ts';

export const PRESET_FIELD = 'model.preset';

/** The preset that a file names. One that does not exist counts as the default: the schema reports it. */
export function readPreset(root: YamlMap): PresetName {
  const node = findNode(root, PRESET_FIELD.split('.')).node;
  return findPreset(node?.kind === 'scalar' ? node.value : undefined);
}

export function findPreset(value: unknown): PresetName {
  return PRESET_NAMES.find((name) => name === value) ?? 'article';
}

/** The map with the values of the preset for every field that it does not set, or sets to null. */
export function layPreset(root: YamlMap, preset: PresetName): YamlMap {
  let map = root;
  for (const [field, value] of listPresetFields(preset)) map = setMissing(map, field.split('.') as [string, string], value);
  return map;
}

function setMissing(root: YamlMap, [section, field]: [string, string], value: PresetValue): YamlMap {
  const entry = root.entries.get(section);
  const below = entry === undefined || isEmpty(entry.value) || isReset(entry.value) ? createMap(root.place) : entry.value;
  if (below.kind !== 'map') return root; // the schema reports it
  const written = below.entries.get(field);
  if (written !== undefined && !isReset(written.value)) return root;
  const fields = new Map(below.entries).set(field, { keyPlace: below.place, value: createNode(value, below.place) });
  const entries = new Map(root.entries).set(section, {
    keyPlace: entry?.keyPlace ?? root.place,
    value: createMap(below.place, fields),
  });
  return createMap(root.place, entries);
}

function createNode(value: PresetValue, place: Place): YamlNode {
  if (typeof value !== 'object') return { kind: 'scalar', value, source: String(value), place, size: 1, depth: 1 };
  const items = value.map((item) => createNode(item, place));
  return { kind: 'list', items, place, size: items.length + 1, depth: 2 };
}
