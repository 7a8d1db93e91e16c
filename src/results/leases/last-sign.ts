// (pure) What the last sign of life of a holder means that cannot be seen from here: readLastSign in lease.ts tells when that was.

import { formatDuration } from '../../experiment/units.ts';

/** "last heard of 7d 3h ago" */
export function describeLastSign(lastSignMs: number, nowMs: number): string {
  return `last heard of ${formatDuration(Math.max(0, (nowMs - lastSignMs) / 1000))} ago`;
}

/** Whether it has been silent for so long that it hardly lives; by the clock, which can be another machine's. */
export const isSilent = (lastSignMs: number | null, nowMs: number): boolean => lastSignMs !== null && nowMs - lastSignMs > SILENT_MS;

const SILENT_MS = 5 * 60_000;
