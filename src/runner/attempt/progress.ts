// (pure) How far a run is, as a message: as its child says over the channel, checked, or as its folder tells.

import { pickMetrics } from '../../experiment/metrics.ts';
import type { ProgressMessage } from '../../results/child-messages.ts';
import type { RunProgress } from '../../results/read-progress.ts';

/** The message, or null where it is none; numbers that are missing or not finite (JSON makes them null) become NaN. */
export function parseProgress(message: unknown): ProgressMessage | null {
  if (typeof message !== 'object' || message === null) return null;
  const fields = message as Record<string, unknown>;
  const number = (name: string) => (typeof fields[name] === 'number' ? fields[name] : Number.NaN);
  if (fields.type === 'phase') return typeof fields.phase === 'string' ? { type: 'phase', phase: fields.phase } : null;
  if (fields.type !== 'progress' || !Number.isFinite(fields.step)) return null;
  return {
    type: 'progress',
    step: number('step'),
    steps: number('steps'),
    epoch: number('epoch'),
    epochs: number('epochs'),
    imagesPerSecond: number('imagesPerSecond'),
    secondsLeft: number('secondsLeft'),
    metrics: pickMetrics({ ...reviveNulls(fields), ...reviveNulls(fields.metrics) }),
  };
}

/** JSON has no NaN: a loss that is not a number comes as null. */
function reviveNulls(fields: unknown): Record<string, unknown> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === null ? Number.NaN : value]));
}

/** The message of a child that has come so far. NaN for a figure that the folder does not tell. */
export function toProgressMessage(progress: RunProgress): ProgressMessage & { type: 'progress' } {
  return {
    type: 'progress',
    step: progress.step,
    steps: progress.steps ?? Number.NaN,
    epoch: progress.epoch,
    epochs: progress.epochs ?? Number.NaN,
    imagesPerSecond: progress.imagesPerSecond ?? Number.NaN,
    metrics: progress.metrics,
    secondsLeft: progress.secondsLeft ?? Number.NaN,
  };
}
