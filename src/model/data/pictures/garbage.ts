// How long V8 waits with collecting garbage while pictures are read.

import { setFlagsFromString } from 'node:v8';

/** Bytes of garbage, most of them pixels outside of its heap, that V8 may leave lying meanwhile; as much as is in use, if that is more. */
const ROOM_BYTES = 80e6;

/**
 * By itself, V8 marks all objects of a small heap again after every 25 MB of pixels: a sixth of the processor time of packing small
 * pictures. The whole process is meant, until disposal.
 */
export function collectGarbageRarely(): Disposable {
  growHeap(Math.max(100, Math.ceil((100 * ROOM_BYTES) / process.memoryUsage().heapUsed)));
  return { [Symbol.dispose]: () => growHeap(0) };
}

/** By so many percent of what is in use before the next collection; 0: as V8 finds right. */
const growHeap = (percent: number): void => setFlagsFromString(`--heap-growing-percent=${percent}`);
