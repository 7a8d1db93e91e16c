// Room: cli (pure). What is said when a sweep is asked to stop.

import { shorten } from '../../experiment/yaml/quote.ts';
import type { StopKind } from '../stop-signals.ts';

/** `by` comes from a file that anybody may have written. */
export function describeStop(kind: StopKind, by: string | null): string {
  const asked = by === null ? '' : `, as asked by ${shorten(by, 100)}`;
  if (kind === 'forced') return `Ending the runs at once${asked}.`;
  return `Stopping${asked}: each run finishes its step and saves. Ctrl-C again ends them at once.`;
}
