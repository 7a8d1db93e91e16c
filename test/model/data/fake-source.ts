// A source of pictures that are their own number, for tests of what is done with any source.

import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import type { Fault, Source } from '../../../src/model/data/sources/source.ts';

export const FAKE_DATASET: DatasetConfig = { source: 'folder', imageSize: 32 };
const PICTURE_BYTES = 32 * 32 * 3;

interface Options {
  pictures?: number;
  /** Pictures a chunk. */
  chunk?: number;
  identity?: string;
  notices?: Fault[];
  /** Picture number -> why it cannot be used. */
  faults?: Record<number, string>;
  onRead?: () => void;
  /** Called before each chunk. */
  beforeChunk?: (from: number) => Promise<void> | void;
}

/** All bytes of picture i are i % 256; its labels A and B are the two lowest bits of i. */
export function createFakeSource(options: Options = {}): Source {
  const { pictures = 10, chunk = 4, identity = 'fake', notices = [], faults = {}, onRead, beforeChunk } = options;
  return {
    attributes: ['A', 'B'],
    identity,
    total: pictures,
    faults: [],
    notices,
    async *read() {
      onRead?.();
      for (let from = 0; from < pictures; from += chunk) {
        await beforeChunk?.(from);
        const numbers = Array.from({ length: Math.min(chunk, pictures - from) }, (_, i) => from + i);
        const usable = numbers.filter((i) => faults[i] === undefined);
        yield {
          pixels: Uint8Array.from({ length: usable.length * PICTURE_BYTES }, (_, i) => usable[Math.floor(i / PICTURE_BYTES)]!),
          labels: Uint8Array.from(usable.flatMap((i) => [i & 1, (i >> 1) & 1])),
          faults: numbers.filter((i) => faults[i] !== undefined).map((i) => ({ name: `${i}.jpg`, reason: faults[i]! })),
        };
      }
    },
  };
}
