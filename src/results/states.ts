// (pure) The one table of what a run can be in: the words, colours and orders that are shown, and the questions that code asks.

import type { RunState } from './records.ts';

export interface StateFacts {
  /** As people read it, everywhere. Files and JSON output keep the key of the table. */
  word: string;
  /** What it means and what to do about it, in whole sentences. */
  meaning: string;
  /** Where states are listed, the lowest comes first. */
  rank: number;
  /** The runner at work does not take the run up again. Not final: after such an end it may make another attempt. */
  isFinal: boolean;
  /** It ended too early, and nobody wanted that. */
  isFailure: boolean;
  /** The next `facet run` starts it, or goes on with it, without being told to. */
  mayContinue: boolean;
  tone: Tone;
  /**
   * What such an end says of the attempt's GPU. suspect: a broken card can cause it. sound: only a working card comes so far. null:
   * nothing.
   */
  gpu: 'suspect' | 'sound' | null;
}

/** active: at work. good: as wanted. quiet: nothing to see. open: not at its end. bad: failed. */
export type Tone = 'active' | 'good' | 'quiet' | 'open' | 'bad';

const UNFINISHED = { isFinal: false, isFailure: false, mayContinue: true, gpu: null };
const ENDED = { isFinal: true, isFailure: false, mayContinue: false, gpu: null };
const FAILED = { isFinal: false, isFailure: true, mayContinue: false, tone: 'bad', gpu: null } as const;

export const RUN_STATES: Readonly<Record<RunState, StateFacts>> = {
  running: {
    ...UNFINISHED,
    word: 'running',
    rank: 0,
    tone: 'active',
    meaning: 'A live process is training it now.',
    mayContinue: false,
  },
  succeeded: {
    ...ENDED,
    word: 'succeeded',
    rank: 1,
    tone: 'good',
    gpu: 'sound',
    meaning: 'All epochs are done.',
  },
  'stopped-early': {
    ...ENDED,
    word: 'stopped early',
    rank: 2,
    tone: 'quiet',
    gpu: 'sound',
    meaning: 'Successive halving gave its place to better runs.',
  },
  queued: {
    ...UNFINISHED,
    word: 'waiting',
    rank: 3,
    tone: 'quiet',
    meaning: 'Has not been started yet.',
  },
  interrupted: {
    ...UNFINISHED,
    word: 'interrupted',
    rank: 4,
    tone: 'open',
    meaning: 'Its process is gone before the end. Run the experiment file again to go on.',
  },
  cancelled: {
    ...ENDED,
    word: 'stopped',
    rank: 5,
    tone: 'open',
    meaning: 'It was stopped on purpose. Run the experiment file again to go on.',
    mayContinue: true,
  },
  diverged: {
    ...FAILED,
    word: 'diverged',
    rank: 6,
    isFinal: true,
    gpu: 'sound',
    meaning: 'A loss became NaN or infinite, or the losses left every sensible range; training stopped there.',
  },
  failed: {
    ...FAILED,
    word: 'failed',
    rank: 7,
    isFinal: true,
    meaning: 'It ended with an error; its log shows which.',
  },
  'bad-data': {
    ...FAILED,
    word: 'bad data',
    rank: 8,
    isFinal: true,
    meaning: 'Its pictures or labels cannot be used; its outcome says why.',
  },
  crashed: {
    ...FAILED,
    word: 'crashed',
    rank: 9,
    gpu: 'suspect',
    meaning: 'Its process died; its log shows what it printed last.',
  },
  'out-of-memory': {
    ...FAILED,
    word: 'out of memory',
    rank: 10,
    meaning: 'It needed more memory than there was.',
  },
  'out-of-gpu-memory': {
    ...FAILED,
    word: 'out of GPU memory',
    rank: 11,
    gpu: 'suspect',
    meaning: 'It needed more memory than its GPU had free.',
  },
  'no-space': {
    ...FAILED,
    word: 'disk full',
    rank: 12,
    meaning: 'The disk of the results is full.',
  },
  'timed-out': {
    ...FAILED,
    word: 'timed out',
    rank: 13,
    gpu: 'sound',
    meaning: 'It was stopped at its time limit.',
  },
  stalled: {
    ...FAILED,
    word: 'stalled',
    rank: 14,
    gpu: 'suspect',
    meaning: 'It was stopped because no metric came any more.',
  },
};

export const wordOf = (state: RunState): string => RUN_STATES[state].word;
export const isFailure = (state: RunState): boolean => RUN_STATES[state].isFailure;

/** Whether nothing is left to do: it was trained to its end, or halving has stopped it early. */
export function isDone(state: RunState): boolean {
  const { isFinal, isFailure, mayContinue } = RUN_STATES[state];
  return isFinal && !isFailure && !mayContinue;
}

/** How many of the runs are in each state that occurs, in the order of the table's ranks. */
export function countStates(states: Iterable<RunState>): Map<RunState, number> {
  const counts = new Map<RunState, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => RUN_STATES[a].rank - RUN_STATES[b].rank));
}
