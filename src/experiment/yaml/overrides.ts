// (pure) `--set path=value` -> a map laid over the file.

import { sweepableField } from '../schema/fields.ts';
import type { Fault, Place } from '../user-error.ts';
import { mergeMaps } from './merge-nodes.ts';
import { quote, shorten } from './quote.ts';
import { readYaml } from './read-yaml.ts';
import { createMap, type YamlMap, type YamlNode } from './yaml-node.ts';

const MAX_PATH = 10;

export interface OverridesRead {
  root: YamlMap;
  faults: Fault[];
  /** How messages name each override. */
  files: string[];
}

/**
 * Lays each override over the map, as a further file would be: maps merge, lists and single values replace, null drops.
 * The value is YAML. In the path, an axis keeps its dots: `sweep.grid.training.seed=[1,2]`, and
 * `sweep.grid.attributes.two=[Male,Young]` for one named value. Elements of lists have no path: set the whole list.
 */
export function applyOverrides(root: YamlMap, overrides: readonly string[]): OverridesRead {
  const read: OverridesRead = { root, faults: [], files: [] };
  for (const text of overrides) {
    const file = `--set ${shorten(text)}`;
    const place: Place = { file, line: 0, column: 0 };
    read.files.push(file);
    const equals = text.indexOf('=');
    const path = splitPath(text.slice(0, Math.max(equals, 0)).trim());
    if (path.includes('') || path.length > MAX_PATH) {
      read.faults.push({ ...place, path: '', message: `expected path=value, such as training.epochs=2, got ${quote(text)}` });
      continue;
    }
    if (path[0] === 'extends') {
      read.faults.push({ ...place, path: 'extends', message: 'expected a setting, got "extends", which works only inside a file' });
      continue;
    }
    const value = readYaml({ file, text: text.slice(equals + 1).trim(), withoutLines: true, path });
    read.faults.push(...value.faults);
    if (value.node !== undefined && value.faults.length === 0) read.root = mergeMaps(read.root, nest(path, value.node, place));
  }
  return read;
}

/** Segments of a path. What follows `sweep.grid.` and `sweep.random.` is one axis, whose name has dots. */
function splitPath(path: string): string[] {
  const parts = path.split('.');
  if (parts[0] !== 'sweep' || (parts[1] !== 'grid' && parts[1] !== 'random') || parts.length < 3) return parts;
  const rest = parts.slice(2);
  const axis = [rest.length, 2, 1].map((length) => rest.slice(0, length).join('.')).find((name) => sweepableField(name) !== undefined);
  const tail = axis === undefined ? rest.join('.') : rest.join('.').slice(axis.length + 1);
  return [...parts.slice(0, 2), ...(axis === undefined ? [] : [axis]), ...(tail === '' && axis !== undefined ? [] : [tail])];
}

function nest(path: readonly string[], value: YamlNode, place: Place): YamlMap {
  const node = path.reduceRight<YamlNode>((inner, key) => createMap(place, new Map([[key, { keyPlace: place, value: inner }]])), value);
  return node as YamlMap;
}
