// Repeated looks into the results: all requests share them, they rest in between, and they let other requests be answered meanwhile.

import { setImmediate as nextTurn } from 'node:timers/promises';

export const DEFAULT_REST_MS = 250;
const REST_PER_LOOK = 4;
const MAX_BLOCKING_MS = 30;

/**
 * Returns a function that looks, unless the last look is recent. Any number of callers share one look. `restMs`: how long a look
 * counts as recent; longer where the look itself takes long.
 */
export function shareLooks(look: () => Promise<void>, restMs: number): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let goodUntilMs = Number.NEGATIVE_INFINITY;

  async function lookNow(): Promise<void> {
    const startMs = performance.now();
    await look();
    const endMs = performance.now();
    goodUntilMs = endMs + Math.max(1, (REST_PER_LOOK * (endMs - startMs)) / DEFAULT_REST_MS) * restMs;
    underWay = null;
  }

  return async () => {
    if (performance.now() < goodUntilMs) return;
    underWay ??= lookNow().catch((error: unknown) => {
      underWay = null;
      throw error;
    });
    await underWay;
  };
}

/** Returns a function to await between two pieces of work: every 30 ms it lets other work have a turn. */
export function takeTurns(): () => Promise<void> | undefined {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < MAX_BLOCKING_MS) return undefined;
    return nextTurn().then(() => {
      sinceMs = performance.now();
    });
  };
}
