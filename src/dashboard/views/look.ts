// Repeated looks into the results: all requests share them, they rest in between, and they let other requests be answered meanwhile.

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

export const DEFAULT_REST_MS = 250;
/** How long a request waits for a look before it is answered with what is known. */
export const DEFAULT_PATIENCE_MS = 80;
/** Looks take a sixteenth of the time at most, but for the slowest ones. */
const REST_PER_LOOK = 15;
const LONGEST_REST = 3;
const MAX_BLOCKING_MS = 15;

/**
 * Returns a function that looks, unless the last look is recent. Any number of callers share one look. `restMs`: how long a look
 * counts as recent; longer where the look itself takes long, or says that nothing is going on.
 */
export function shareLooks(look: () => Promise<{ isQuiet: boolean }>, restMs: number): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  let goodUntilMs = Number.NEGATIVE_INFINITY;

  async function lookNow(): Promise<void> {
    const startMs = performance.now();
    const { isQuiet } = await look();
    const endMs = performance.now();
    const rests = isQuiet ? LONGEST_REST : (REST_PER_LOOK * (endMs - startMs)) / DEFAULT_REST_MS;
    goodUntilMs = endMs + Math.min(LONGEST_REST, Math.max(1, rests)) * restMs;
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

/** Waits for work that goes on by itself, but no longer than that. `Infinity`: until it has ended. */
export async function waitAtMost(work: Promise<void>, ms: number): Promise<void> {
  if (ms === Number.POSITIVE_INFINITY) return work;
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([work, late]);
  timer.abort();
}

/** Returns a function to await between two pieces of work: every 15 ms it lets other work have a turn. */
export function takeTurns(): () => Promise<void> | undefined {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < MAX_BLOCKING_MS) return undefined;
    return nextTurn().then(() => {
      sinceMs = performance.now();
    });
  };
}
