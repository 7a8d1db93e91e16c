// (pure) The figures of a sweep under way: how many runs, how much is done, how long it takes.

import { estimateSeconds, type Work } from './estimate.ts';
import type { SweepView, ViewedRun } from './sweep-view.ts';

/** Seconds until a run under way ends; undefined until it says how far it is. */
export function secondsLeftOf({ progress, progressMs, secondsPerStep }: ViewedRun, nowMs: number): number | undefined {
  if (!progress || secondsPerStep === null || !Number.isFinite(progress.steps)) return undefined;
  return Math.max(0, (progress.steps - progress.step) * secondsPerStep - (nowMs - progressMs) / 1000);
}

/** Seconds until the sweep ends, by the speeds measured so far; undefined while none is. Counts down between two estimates. */
export function estimateSecondsLeft(view: SweepView, nowMs: number): number | undefined {
  if (!view.estimate || nowMs - view.estimate.atMs >= ESTIMATE_EVERY_MS) {
    const overheadSeconds = view.overheads.length === 0 ? 0 : sum(view.overheads) / view.overheads.length;
    const works = [...view.runs.values()].map((viewed) => workOf(viewed, nowMs));
    view.estimate = { atMs: nowMs, seconds: estimateSeconds(works, { slots: view.slots, overheadSeconds }) };
  }
  const { atMs, seconds } = view.estimate;
  return seconds === undefined ? undefined : Math.max(0, seconds - (nowMs - atMs) / 1000);
}

const ESTIMATE_EVERY_MS = 1000;

function workOf(viewed: ViewedRun, nowMs: number): Work {
  const { run, state, progress, stepsBefore, secondsPerStep } = viewed;
  return {
    config: run.point.config,
    state: state === 'active' ? 'active' : state === 'waiting' || state === 'retrying' ? 'waiting' : 'ended',
    step: state === 'active' ? (progress?.step ?? stepsBefore) : stepsBefore,
    steps: progress && Number.isFinite(progress.steps) ? progress.steps : null,
    secondsPerStep,
    secondsLeft: (state === 'active' ? secondsLeftOf(viewed, nowMs) : undefined) ?? null,
  };
}

export interface SweepCounts {
  total: number;
  /** Succeeded, or stopped early by successive halving. */
  done: number;
  failed: number;
  running: number;
  waiting: number;
}

export function countRuns({ runs, tally }: SweepView): SweepCounts {
  return {
    total: runs.size,
    done: tally.succeeded + tally['stopped-early'],
    failed: tally.failed,
    running: tally.active,
    waiting: tally.waiting + tally.retrying,
  };
}

/** From 0 to 1: runs that have ended, and the parts done of the others. */
export function shareOfSweep({ runs }: SweepView): number {
  let share = 0;
  for (const viewed of runs.values()) share += shareOf(viewed);
  return share / Math.max(1, runs.size);
}

/** From 0 to 1: how much of a run is done. */
export function shareOf({ state, progress }: ViewedRun): number {
  if (state !== 'waiting' && state !== 'active' && state !== 'retrying') return 1;
  return progress && progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
