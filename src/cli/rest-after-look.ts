// The pause between two looks into the results, for commands that keep showing them.

import { setTimeout as sleep } from 'node:timers/promises';

/** A look into thousands of runs takes long. Resting five times as long leaves the processor to the training. */
const REST_PER_LOOK = 5;

/**
 * Waits `everyMs` after a look that began at `startMs` of performance.now(), or longer after a long one; not after the signal is aborted.
 */
export async function restAfterLook(startMs: number, { everyMs, signal }: { everyMs: number; signal: AbortSignal }): Promise<void> {
  const restMs = Math.max(everyMs, REST_PER_LOOK * (performance.now() - startMs));
  await sleep(restMs, undefined, { signal }).catch(() => {});
}
