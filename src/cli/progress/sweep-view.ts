// Room: cli (pure). What is known of a sweep under way, gathered from the runner's events.

import type { ProgressMessage } from '../../results/records.ts';
import type { PlannedRun } from '../../runner/plan.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

export interface ActiveRun {
  run: PlannedRun;
  startedMs: number;
  /** What it does besides training, until progress comes. */
  phase: string;
  progress: Progress | null;
  progressMs: number;
}

export interface SweepView {
  name: string;
  slots: number;
  /** All runs of the experiment, those done before included. */
  total: number;
  done: number;
  failed: number;
  waiting: number;
  /** In the order in which they were started. */
  active: Map<string, ActiveRun>;
  /** Seconds that each ended run took, in this session of the runner. */
  durations: number[];
  stopping: boolean;
}

export function createSweepView(name: string, plan: readonly PlannedRun[], slots: number): SweepView {
  const waiting = plan.filter((run) => run.action !== 'skip').length;
  const failed = plan.filter((run) => run.action === 'skip' && run.state !== 'succeeded').length;
  const done = plan.length - waiting - failed;
  return { name, slots, total: plan.length, done, failed, waiting, active: new Map(), durations: [], stopping: false };
}

/** Updates the view in place. Times are of one monotonic clock. */
export function applyEvent(view: SweepView, event: RunnerEvent, nowMs: number): void {
  const { id } = event.run;
  const active = view.active.get(id);
  switch (event.type) {
    case 'launched':
      if (!active) view.waiting--;
      view.active.set(id, { run: event.run, startedMs: active?.startedMs ?? nowMs, phase: 'starting', progress: null, progressMs: nowMs });
      break;
    case 'progress':
      if (!active) break;
      if (event.message.type === 'phase') active.phase = event.message.phase;
      else Object.assign(active, { progress: event.message, progressMs: nowMs });
      break;
    case 'ended':
      view.active.delete(id);
      if (event.end.kind === 'stopped') view.waiting++;
      else if (event.end.outcome.status === 'succeeded') view.done++;
      else view.failed++;
      if (active && event.end.kind === 'finished') view.durations.push((nowMs - active.startedMs) / 1000);
      break;
  }
}

/** Seconds until a run under way ends, by what it said last; undefined until it says. */
export function secondsLeftOf({ progress, progressMs }: ActiveRun, nowMs: number): number | undefined {
  if (!progress || !Number.isFinite(progress.secondsLeft)) return undefined;
  return Math.max(0, progress.secondsLeft - (nowMs - progressMs) / 1000);
}

/** Seconds until the sweep ends, waiting runs being like those seen so far; undefined while nothing is known. */
export function estimateSecondsLeft(view: SweepView, nowMs: number): number | undefined {
  const active = [...view.active.values()].map((run) => ({ age: (nowMs - run.startedMs) / 1000, left: secondsLeftOf(run, nowMs) }));
  const wholes = [...view.durations, ...active.flatMap(({ age, left }) => (left === undefined ? [] : [age + left]))];
  if (wholes.length === 0) return undefined;
  const typical = sum(wholes) / wholes.length;
  const lefts = active.map(({ age, left }) => left ?? Math.max(0, typical - age));
  return Math.max((sum(lefts) + view.waiting * typical) / view.slots, ...lefts);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
