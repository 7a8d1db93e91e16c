// Looking into the results again and again: shared by everybody who asks, not more often than makes sense, and never long without
// a turn for others.

import { setImmediate as nextTurn } from 'node:timers/promises';

export const DEFAULT_REST_MS = 250;
const REST_PER_LOOK = 4;
const MAX_BLOCKING_MS = 30;

/**
 * A function that looks, unless that was done a moment ago. Any number of callers share one look. `restMs`: how long a look is
 * good for; longer where looking itself takes long.
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

/** A function to await between two pieces of work: it lets others have a turn once this work has had one. */
export function takeTurns(): () => Promise<void> | undefined {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < MAX_BLOCKING_MS) return undefined;
    return nextTurn().then(() => {
      sinceMs = performance.now();
    });
  };
}
