// Room: dashboard. Figures and states in words, the same on every page.

import type { RunState } from '../results/records.ts';

export const STATE_WORDS: Record<RunState, string> = {
  queued: 'waiting',
  running: 'running',
  interrupted: 'interrupted',
  succeeded: 'finished',
  diverged: 'diverged',
  cancelled: 'stopped',
  'stopped-early': 'stopped early',
  failed: 'failed',
  'bad-data': 'bad data',
  crashed: 'crashed',
  'out-of-memory': 'out of memory',
  'out-of-gpu-memory': 'out of GPU memory',
  'no-space': 'disk full',
  'timed-out': 'out of time',
  stalled: 'stalled',
};

/** What the state means and what to do about it. */
export const STATE_HELP: Record<RunState, string> = {
  queued: 'Has not been started yet.',
  running: 'A live process is training it now.',
  interrupted: 'Its process is gone before the end. Run the experiment file again to go on.',
  succeeded: 'All epochs are done.',
  diverged: 'A loss became NaN or infinite; training stopped there.',
  cancelled: 'It was stopped on purpose. Run the experiment file again to go on.',
  'stopped-early': 'Successive halving gave its place to better runs.',
  failed: 'It ended with an error; its page shows the log.',
  'bad-data': 'Its pictures or labels cannot be used; its page says why.',
  crashed: 'Its process died; its page shows the log.',
  'out-of-memory': 'It needed more memory than there was.',
  'out-of-gpu-memory': 'It needed more memory than its GPU had free.',
  'no-space': 'The disk of the results is full.',
  'timed-out': 'It was stopped at its time limit.',
  stalled: 'It was stopped because no metric came any more.',
};

/** How a run of a sweep is called: its axes' values, the attributes' first, as a person would say them. */
export function labelRun(axes: Record<string, string>, id: string): string {
  const parts = Object.entries(axes).map(([axis, value]) => (axis === 'attributes' ? value : `${shortAxis(axis)} ${value}`));
  return parts.length === 0 ? id : parts.join(' · ');
}

/** training.seed -> seed */
export function shortAxis(axis: string): string {
  return axis.slice(axis.lastIndexOf('.') + 1);
}

/** Seconds as 42 s, 3 min 20 s, 1 h 05 min, 2 d 3 h. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

/** A moment as '3 min ago'. */
export function formatAgo(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - thenMs) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Three decimals; NaN and Infinity as they are. */
export function formatLoss(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : String(value);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
