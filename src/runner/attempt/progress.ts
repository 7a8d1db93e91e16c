// Room: runner/attempt (pure). What a child says over the channel, checked: a trainer may say anything.

import type { ProgressMessage } from '../../results/records.ts';

/** The message if it is one; numbers that are missing or not finite (JSON makes them null) become NaN. */
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
    lossD: number('lossD'),
    lossG: number('lossG'),
    imagesPerSecond: number('imagesPerSecond'),
    secondsLeft: number('secondsLeft'),
  };
}
