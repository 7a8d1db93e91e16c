// (pure) Lays one file over another: maps merge, lists and single values replace.

import { createMap, isEmpty, isReset, type YamlMap, type YamlNode } from './yaml-node.ts';

/** Keys keep the order of the lower map, new ones follow. A written-out null drops what is below it; `key:` over a map changes nothing. */
export function mergeMaps(lower: YamlMap, upper: YamlMap): YamlMap {
  const entries = new Map(lower.entries);
  for (const [key, entry] of upper.entries) {
    const below = entries.get(key);
    if (below !== undefined && isReset(entry.value)) entries.delete(key);
    else entries.set(key, below === undefined ? entry : { keyPlace: entry.keyPlace, value: mergeNodes(below.value, entry.value) });
  }
  return createMap(upper.place, entries);
}

function mergeNodes(lower: YamlNode, upper: YamlNode): YamlNode {
  if (lower.kind !== 'map') return upper;
  if (upper.kind === 'map') return mergeMaps(lower, upper);
  return isEmpty(upper) ? lower : upper;
}
