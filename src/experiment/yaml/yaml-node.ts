// (pure) A YAML value that remembers where it stands. Maps are Maps, so no key can touch a prototype.

import type { Place } from '../user-error.ts';
import { quote, shorten } from './quote.ts';

export type YamlNode = YamlScalar | YamlList | YamlMap;

interface NodeBase {
  place: Place;
  /** Values below and including this one, aliases filled in. */
  size: number;
  /** Levels of nesting, 1 for a scalar. */
  depth: number;
}

export interface YamlScalar extends NodeBase {
  kind: 'scalar';
  value: string | number | boolean | null;
  /** As written; empty where the author wrote nothing. */
  source: string;
}

interface YamlList extends NodeBase {
  kind: 'list';
  items: YamlNode[];
}

export interface YamlMap extends NodeBase {
  kind: 'map';
  entries: Map<string, YamlEntry>;
}

export interface YamlEntry {
  keyPlace: Place;
  value: YamlNode;
}

export function createMap(place: Place, entries: Map<string, YamlEntry> = new Map()): YamlMap {
  let size = 1;
  let depth = 1;
  for (const { value } of entries.values()) {
    size += value.size;
    depth = Math.max(depth, value.depth + 1);
  }
  return { kind: 'map', place, size, depth, entries };
}

/** `key:` with nothing behind it. */
export function isEmpty(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.source === '';
}

/** `null` or `~`, written out: as if the field had not been given. */
export function isReset(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null && node.source !== '';
}

/** The value as plain data. A written-out null becomes undefined, so that defaults apply. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return isReset(node) ? undefined : node.value;
  if (node.kind === 'list') return node.items.map(toPlain);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toPlain(entry.value)]));
}

/** The node at a path, where there is one, and otherwise only the place of the nearest one above. */
export function findNode(root: YamlNode, path: readonly PropertyKey[]): { node: YamlNode | undefined; place: Place } {
  let node = root;
  for (const part of path) {
    const next = node.kind === 'map' ? node.entries.get(String(part))?.value : node.kind === 'list' ? node.items[Number(part)] : undefined;
    if (next === undefined) return { node: undefined, place: node.place };
    node = next;
  }
  return { node, place: node.place };
}

/** What was found, for the second half of `expected …, got …`. */
export function describeFound(node: YamlNode | undefined): string {
  if (node === undefined || isEmpty(node)) return 'nothing';
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : `a list of ${node.items.length}`;
  if (node.kind === 'map') return 'a map';
  return typeof node.value === 'string' ? quote(node.value) : shorten(node.source);
}
