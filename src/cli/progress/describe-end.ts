// Room: cli (pure). How an attempt at a run ended, in a line.

import type { RunEnd } from '../../runner/schedule.ts';
import { formatDuration, formatSpeed } from '../format-quantities.ts';
import type { Paint } from '../paint.ts';

export function describeEnd(id: string, end: RunEnd, paint: Paint): string {
  if (end.kind === 'stopped') return `${paint('yellow', '–')} ${id}  interrupted; it goes on when you run the same command again`;
  const { status, message, epochs, seconds, imagesPerSecond } = end.outcome;
  const problem = end.problem === undefined ? '' : ` (${end.problem})`;
  if (status !== 'succeeded') return `${paint('red', '✗')} ${id}  ${paint('red', status)}: ${message}${problem}`;
  return `${paint('green', '✓')} ${id}  ${epochs} epochs in ${formatDuration(seconds)}, ${formatSpeed(imagesPerSecond)} images/s${problem}`;
}
