import { expect, it } from 'vitest';
import { FAILURES, type RunState } from '../../src/results/records.ts';
import { countStates, isDone, RUN_STATES } from '../../src/results/states.ts';

const states = Object.keys(RUN_STATES) as RunState[];
const which = (is: (state: RunState) => boolean) => states.filter(is).sort();

it('gives every state a word and a rank of its own', () => {
  for (const key of ['word', 'rank', 'meaning'] as const) expect(new Set(states.map((state) => RUN_STATES[state][key])).size).toBe(15);
});

it('counts exactly the failures as failures, in red', () => {
  expect(which((state) => RUN_STATES[state].isFailure)).toEqual([...FAILURES].sort());
  expect(which((state) => RUN_STATES[state].tone === 'bad')).toEqual([...FAILURES].sort());
});

it('is done with a run that has succeeded or was stopped early, and goes on without being told with what nobody decided about', () => {
  expect(which(isDone)).toEqual(['stopped-early', 'succeeded']);
  expect(which((state) => RUN_STATES[state].mayContinue)).toEqual(['cancelled', 'interrupted', 'queued']);
});

it('lists what occurs, the running first and failures last', () => {
  const counts = countStates(['stalled', 'queued', 'running', 'queued', 'succeeded']);
  expect([...counts]).toEqual([
    ['running', 1],
    ['succeeded', 1],
    ['queued', 2],
    ['stalled', 1],
  ]);
});
