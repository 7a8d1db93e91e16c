// (pure) How many runs of an experiment are in which state.

import type { Run } from '../../results/read.ts';
import { FAILURES, type RunState } from '../../results/records.ts';
import { countOf } from './format-quantities.ts';

/** The states in the order in which people ask for them. */
const STATES: readonly RunState[] = ['running', 'succeeded', 'stopped-early', 'queued', 'interrupted', 'cancelled', ...FAILURES];

/** Of the runs that the experiment asks for, those of each state that occurs. */
export function tallyStates(runs: readonly Pick<Run, 'state' | 'current'>[]): Map<RunState, number> {
  const counts = new Map<RunState, number>();
  for (const { state, current } of runs) if (current) counts.set(state, (counts.get(state) ?? 0) + 1);
  return new Map(STATES.filter((state) => counts.has(state)).map((state) => [state, counts.get(state)!]));
}

/** "6 runs: 2 succeeded, 4 interrupted" */
export function describeTally(runs: readonly Pick<Run, 'state' | 'current'>[]): string {
  const counts = [...tallyStates(runs)];
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([state, count]) => `${count} ${STATE_WORDS[state] ?? state}`);
  return counts.length === 0 ? 'no runs' : `${countOf(total, 'run')}: ${parts.join(', ')}`;
}

export const STATE_WORDS: Partial<Record<RunState, string>> = {
  queued: 'waiting',
  'stopped-early': 'stopped early',
  'bad-data': 'bad data',
  'out-of-memory': 'out of memory',
  'out-of-gpu-memory': 'out of GPU memory',
  'no-space': 'disk full',
  'timed-out': 'timed out',
};
