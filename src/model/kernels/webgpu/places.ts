// (pure) Where the results of a compiled function's nodes lie: each has a buffer from the node that writes it to the last that reads it, and
// leaves it to others before and after. The buffers are made by `create`.

import type { Place } from './device.ts';
import type { Node, Storage } from './nodes.ts';

interface Options {
  /** Are read after the last node. */
  results: ReadonlySet<Storage>;
  /** Have a place already. */
  pinned: ReadonlyMap<Storage, Place>;
  create: (bytes: number) => GPUBuffer;
}

interface Slot {
  bytes: number;
  isFree: boolean;
}

/** The place of everything that a node writes and nothing else holds. */
export function assignPlaces(nodes: readonly Node[], { results, pinned, create }: Options): Map<Storage, Place> {
  const lastUse = new Map<Storage, number>();
  for (const [i, { reads, writes }] of nodes.entries()) for (const storage of [...reads, ...writes]) lastUse.set(storage, i);
  for (const storage of results) lastUse.set(storage, nodes.length);

  const slots: Slot[] = [];
  const slotOf = new Map<Storage, Slot>();
  for (const [i, { reads, writes, isUpdate }] of nodes.entries()) {
    if (!isUpdate) for (const storage of writes) if (!pinned.has(storage)) slotOf.set(storage, occupy(slots, storage.size * 4));
    for (const storage of new Set([...reads, ...writes])) {
      const slot = slotOf.get(storage);
      if (slot && lastUse.get(storage) === i) slot.isFree = true;
    }
  }
  const buffers = new Map(slots.map((slot) => [slot, create(slot.bytes)]));
  return new Map([...pinned, ...[...slotOf].map(([storage, slot]) => [storage, { buffer: buffers.get(slot)!, offset: 0 }] as const)]);
}

/** The free slot that fits best: the smallest that is large enough, else the largest, which grows. */
function occupy(slots: Slot[], bytes: number): Slot {
  const free = slots.filter(({ isFree }) => isFree).sort((a, b) => a.bytes - b.bytes);
  const found = free.find((slot) => slot.bytes >= bytes) ?? free.at(-1);
  if (!found) {
    const slot = { bytes, isFree: false };
    slots.push(slot);
    return slot;
  }
  found.bytes = Math.max(found.bytes, bytes);
  found.isFree = false;
  return found;
}
