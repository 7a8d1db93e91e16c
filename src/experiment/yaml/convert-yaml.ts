// (pure) The YAML library's nodes -> ours: aliases filled in by sharing, keys checked, sizes counted.

import { isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Fault, Place } from '../user-error.ts';
import { formatPath, quote } from './quote.ts';
import { describeUnknownAlias } from './yaml-errors.ts';
import { createMap, type YamlEntry, type YamlNode, type YamlScalar } from './yaml-node.ts';

const MAX_VALUES = 100_000;
/** Levels of nesting, in the text and once its aliases are filled in. */
export const MAX_DEPTH = 100;

export interface DocumentSource {
  contents: ParsedNode | null;
  placeAt: (offset: number) => Place;
  /** Where the document itself stands: not empty for a value from the command line. */
  path: readonly PropertyKey[];
}

/** Converts what it can and reports the rest. `node` is undefined only where aliases make the document too large. */
export function convertDocument(source: DocumentSource): { node: YamlNode | undefined; faults: Fault[] } {
  const { contents, placeAt } = source;
  const path: PropertyKey[] = [...source.path];
  const faults: Fault[] = [];
  const anchors = new Map<string, YamlNode>();
  const open = new Set<string>();
  let tooLarge = false;

  const root = convert(contents, placeAt(contents?.range[0] ?? 0));
  return { node: tooLarge ? undefined : root, faults };

  function convert(node: Node | null, fallback: Place): YamlNode {
    const place = node?.range ? placeAt(node.range[0]) : fallback;
    if (tooLarge || node === null) return createScalar(place, null, '');
    if (isAlias(node)) return useAlias(node.source, place);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) open.add(anchor);
    const converted = convertValue(node, place);
    if (anchor !== undefined) {
      open.delete(anchor);
      anchors.set(anchor, converted);
    }
    if (converted.size > MAX_VALUES || converted.depth > MAX_DEPTH) {
      if (!tooLarge)
        report(place, `expected at most ${MAX_VALUES} values and ${MAX_DEPTH} levels once the aliases are filled in, got more`);
      tooLarge = true;
    }
    return converted;
  }

  function convertValue(node: Node, place: Place): YamlNode {
    if (isMap(node)) return createMap(place, convertEntries(node, place));
    if (isSeq(node)) {
      const items = node.items.map((item, index) => within(index, () => convert(item as Node | null, place)));
      const depth = items.reduce((deepest, item) => Math.max(deepest, item.depth), 0) + 1;
      return { kind: 'list', place, items, depth, size: items.reduce((sum, item) => sum + item.size, 1) };
    }
    const scalar = node as Scalar<string | number | boolean | null>;
    return createScalar(place, scalar.value, scalar.source ?? String(scalar.value));
  }

  function convertEntries(map: YAMLMap, place: Place): Map<string, YamlEntry> {
    const entries = new Map<string, YamlEntry>();
    for (const pair of map.items) {
      const keyNode = pair.key as Node | null;
      const keyPlace = keyNode?.range ? placeAt(keyNode.range[0]) : place;
      const key = readKey(keyNode);
      within(key ?? '?', () => {
        const value = convert(pair.value as Node | null, keyPlace);
        const refusal = key === undefined ? 'expected a text as key' : refuseKey(key, entries);
        if (refusal !== undefined) report(keyPlace, refusal);
        else entries.set(key!, { keyPlace, value });
      });
    }
    return entries;
  }

  function useAlias(name: string, place: Place): YamlNode {
    const target = anchors.get(name);
    if (target !== undefined && !open.has(name)) return target;
    report(place, describeUnknownAlias(name, open.has(name)));
    return createScalar(place, null, `*${name}`); // as if nothing was written: one fault is enough
  }

  function report(place: Place, message: string): void {
    faults.push({ ...place, path: formatPath(path), message });
  }

  function within<T>(part: PropertyKey, work: () => T): T {
    path.push(part);
    const result = work();
    path.pop();
    return result;
  }
}

function createScalar(place: Place, value: YamlScalar['value'], source: string): YamlScalar {
  return { kind: 'scalar', place, value, source, size: 1, depth: 1 };
}

/** Numbers and truth values are taken as written, so that an axis may name its values 2, 5 and 10. */
function readKey(node: Node | null): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function refuseKey(key: string, entries: ReadonlyMap<string, YamlEntry>): string | undefined {
  if (key === '<<') return 'expected no merge key, got "<<"; use extends, or an anchor for the whole value';
  if (key === '__proto__') return 'expected a known key, got "__proto__"';
  const first = entries.get(key)?.keyPlace;
  if (first === undefined) return undefined;
  return `expected each key once, got ${quote(key)} again${first.line === 0 ? '' : ` after line ${first.line}`}`;
}
