// Room: runner/attempt. Notices that a run has said nothing for too long: no message, and no byte more in metrics.jsonl.

import { statSync } from 'node:fs';
import { metricsFile } from '../../results/paths.ts';

export interface StallWatch {
  /** The child has said something. */
  touch(): void;
  close(): void;
}

/** Calls back once, from a moment on after which nothing has come for `stallMs`; the time counts from now. Looks eight times in that while, so it may be an eighth late. */
export function watchForStall(folder: string, stallMs: number, onStall: () => void): StallWatch {
  const sizeOf = () => statSync(metricsFile(folder), { throwIfNoEntry: false })?.size ?? 0;
  let size = sizeOf();
  let lastMs = performance.now();
  const timer = setInterval(
    () => {
      const grown = sizeOf();
      if (grown !== size) lastMs = performance.now(); // also when it is cut back to where a checkpoint was
      size = grown;
      if (performance.now() - lastMs < stallMs) return;
      clearInterval(timer);
      onStall();
    },
    Math.min(Math.max(stallMs / 8, 10), LONGEST_LOOK_MS),
  );
  return {
    touch() {
      lastMs = performance.now();
    },
    close: () => clearInterval(timer),
  };
}

const LONGEST_LOOK_MS = 10_000;
