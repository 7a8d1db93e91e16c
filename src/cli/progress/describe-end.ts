// Room: cli (pure). How an attempt at a run ended, in a line.

import type { RunEnd } from '../../runner/schedule/schedule.ts';
import { makeHarmless } from '../harmless.ts';
import { countOf, formatDuration, formatSpeed } from '../text/format-quantities.ts';
import type { Paint } from '../text/paint.ts';

export function describeEnd(id: string, end: RunEnd, paint: Paint): string {
  const problem = end.problem === undefined ? '' : ` (${end.problem})`;
  if (end.kind === 'stopped') {
    const { steps, epochs } = end.outcome ?? { steps: 0, epochs: 0 };
    const after = steps === 0 ? 'before its first step' : `after step ${steps} (epoch ${epochs})`;
    return `${paint('yellow', '–')} ${id}  stopped ${after}; it goes on when you run the same command again${problem}`;
  }
  const { status, epochs, seconds, imagesPerSecond } = end.outcome;
  const message = makeHarmless(end.outcome.message); // may quote a log
  if (status === 'stopped-early') return `${paint('yellow', '–')} ${id}  ${message}${problem}`;
  if (status !== 'succeeded') return `${paint('red', '✗')} ${id}  ${paint('red', status)}: ${message}${problem}`;
  return `${paint('green', '✓')} ${id}  ${countOf(epochs, 'epoch')} in ${formatDuration(seconds)}, ${formatSpeed(imagesPerSecond)} images/s${problem}`;
}
