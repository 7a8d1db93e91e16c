// (pure) Puts a node that only changes each value of another's result into that other node: a product with its bias and its activation,
// say. That saves a dispatch, and the way of the values to memory and back.

import { fuse, type Node, type Storage } from './nodes.ts';

interface Options {
  /** What has to be written: nobody may take it into another node. */
  results: ReadonlySet<Storage>;
  /** Lie in one buffer: no node may read one of them and write another. */
  pinned: ReadonlySet<Storage>;
  /** Storages that a node may have. */
  mostBindings: number;
}

/** The same work in fewer nodes, in an order that keeps every dependency. */
export function fuseNodes(nodes: readonly Node[], { results, pinned, mostBindings }: Options): Node[] {
  const readers = countReaders(nodes);
  const fused: (Node | undefined)[] = [];
  /** Storage -> place in `fused` of the node that writes it, since the last update. */
  let writers = new Map<Storage, number>();
  for (const original of nodes) {
    let node = original;
    for (const { storage, at } of original.map?.loads ?? []) {
      if (node !== original) break; // a node takes in one other
      const place = writers.get(storage);
      const writer = place === undefined ? undefined : fused[place];
      if (!writer || at || writer.writes.length !== 1 || storage.size !== original.writes[0]!.size) continue;
      if (readers.get(storage) !== 1 || results.has(storage) || pinned.has(storage)) continue;
      const isReadOtherwise = original.map!.loads.some((load) => load.storage === storage && load.at);
      const candidate = fuse(writer, original, storage);
      const { reads, writes } = candidate;
      if (isReadOtherwise || new Set([...reads, ...writes]).size > mostBindings) continue;
      if (writes.some((write) => pinned.has(write)) && reads.some((read) => pinned.has(read))) continue;
      if (writes.some((write) => reads.includes(write))) continue;
      node = candidate;
      fused[place!] = undefined;
    }
    // What was computed before an update reads other values than what comes after it.
    if (node.isUpdate) writers = new Map();
    fused.push(node);
    if (!node.isUpdate) for (const storage of node.writes) writers.set(storage, fused.length - 1);
  }
  return fused.filter((node) => node !== undefined);
}

/** How many nodes read each storage. */
function countReaders(nodes: readonly Node[]): Map<Storage, number> {
  const readers = new Map<Storage, number>();
  for (const { reads } of nodes) for (const storage of new Set(reads)) readers.set(storage, (readers.get(storage) ?? 0) + 1);
  return readers;
}
