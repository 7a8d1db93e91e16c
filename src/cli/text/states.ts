// (pure) The states of runs on a terminal: their colours, and how many runs are in which.

import { plural } from '../../experiment/units.ts';
import type { Run } from '../../results/read.ts';
import type { RunState } from '../../results/records.ts';
import { countStates, RUN_STATES, type Tone, wordOf } from '../../results/states.ts';
import type { Colour } from './paint.ts';

const COLOURS: Record<Tone, Colour> = { active: 'cyan', good: 'green', quiet: 'dim', open: 'yellow', bad: 'red' };

export function colourOf(state: RunState): Colour {
  return COLOURS[RUN_STATES[state].tone];
}

/** Of the runs that the experiment asks for, those of each state that occurs. */
export function tallyStates(runs: readonly Pick<Run, 'state' | 'current'>[]): Map<RunState, number> {
  return countStates(runs.filter(({ current }) => current).map(({ state }) => state));
}

/** "6 runs: 2 succeeded, 4 interrupted" */
export function describeTally(runs: readonly Pick<Run, 'state' | 'current'>[]): string {
  const counts = [...tallyStates(runs)];
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const parts = counts.map(([state, count]) => `${count} ${wordOf(state)}`);
  return counts.length === 0 ? 'no runs' : `${plural(total, 'run')}: ${parts.join(', ')}`;
}
