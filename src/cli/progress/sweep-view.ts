// Room: cli (pure). What is known of a sweep under way, gathered from the runner's events or from the run folders.

import type { RunConfig } from '../../experiment/schema.ts';
import type { ProgressMessage } from '../../results/records.ts';
import type { PlannedRun } from '../../runner/plan.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';
import type { RunEnd } from '../../runner/schedule.ts';
import { estimateSeconds, type Work } from './estimate.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

/** A run as far as it is shown; the configuration of a run that somebody else started may not be known yet. */
export interface ShownRun extends Pick<PlannedRun, 'id' | 'state' | 'action'> {
  point: { config: RunConfig | null };
}

export interface ViewedRun {
  run: ShownRun;
  state: 'waiting' | 'active' | 'retrying' | 'succeeded' | 'stopped-early' | 'failed';
  /** What it does besides training, until progress comes. */
  phase: string;
  startedMs: number;
  progress: Progress | null;
  progressMs: number;
  /** Steps done before, in former attempts. */
  stepsBefore: number;
  /** When it is started again after a failure; null where that is at once. */
  retryAtMs: number | null;
  /** How the last attempt failed. */
  problem: string | null;
  /** Where this attempt's progress began; its own speed is measured from there. */
  measuredFrom: { step: number; ms: number } | null;
  /** As measured last, here or by the run itself. */
  secondsPerStep: number | null;
}

export interface SweepView {
  name: string;
  slots: number;
  /** All runs of the experiment, those done before included, in the order in which they start. */
  runs: Map<string, ViewedRun>;
  /** How many of them are in each state. */
  tally: Record<ViewedRun['state'], number>;
  /** What the sweep decided lately, newest last: which runs successive halving stopped, and why. */
  decisions: string[];
  /** Seconds besides training that each ended attempt took. */
  overheads: number[];
  stopping: boolean;
  /** What the estimate was, and when. */
  estimate: { atMs: number; seconds: number | undefined } | null;
}

export interface ViewOptions {
  name: string;
  plan: readonly ShownRun[];
  slots: number;
  /** Steps that a run has done in former attempts. */
  stepsBefore?: (id: string) => number;
}

export function createSweepView({ name, plan, slots, stepsBefore = () => 0 }: ViewOptions): SweepView {
  const runs = plan.map((run): [string, ViewedRun] => {
    return [run.id, { ...BLANK, run, state: stateBefore(run), stepsBefore: run.action === 'resume' ? stepsBefore(run.id) : 0 }];
  });
  const view: SweepView = {
    ...{ name, slots, runs: new Map(runs), decisions: [], overheads: [], stopping: false, estimate: null },
    tally: { waiting: 0, active: 0, retrying: 0, succeeded: 0, 'stopped-early': 0, failed: 0 },
  };
  for (const { state } of view.runs.values()) view.tally[state]++;
  return view;
}

const BLANK = {
  ...{ phase: '', startedMs: 0, progress: null, progressMs: 0, retryAtMs: null, problem: null },
  ...{ measuredFrom: null, secondsPerStep: null },
};

function stateBefore({ action, state }: ShownRun): ViewedRun['state'] {
  if (action !== 'skip') return 'waiting';
  return state === 'succeeded' || state === 'stopped-early' ? state : 'failed';
}

/** The runner's events, and those made up from run folders, which know neither slots nor whole plans. */
export type ShownEvent = Shown<RunnerEvent> | LeftEvent;
/** Its process is gone without an outcome: it waits for another attempt, a decision, or another day. Only folders tell so little. */
type LeftEvent = { type: 'left'; run: ShownRun };
type Shown<Event> = Event extends { run: PlannedRun } ? Omit<Event, 'run' | 'slot'> & { run: ShownRun } : Event;

/** Updates the view in place. Times are of one monotonic clock. */
export function applyEvent(view: SweepView, event: ShownEvent, nowMs: number): void {
  const viewed = view.runs.get(event.run.id);
  if (!viewed) return;
  view.tally[viewed.state]--;
  switch (event.type) {
    case 'launched':
      Object.assign(viewed, {
        state: 'active',
        phase: 'starting',
        startedMs: nowMs,
        progress: null,
        progressMs: nowMs,
        measuredFrom: null,
      });
      break;
    case 'progress':
      if (event.message.type === 'phase') viewed.phase = event.message.phase;
      else applyProgress(viewed, event.message, nowMs);
      break;
    case 'retrying':
      remember(view, viewed, { nowMs, steps: event.outcome.steps });
      Object.assign(viewed, { state: 'retrying', problem: event.outcome.message, retryAtMs: nowMs + event.delayMs });
      break;
    case 'ended':
      remember(view, viewed, { nowMs, steps: event.end.kind === 'finished' ? event.end.outcome.steps : 0 });
      Object.assign(viewed, describeEnding(event.end));
      break;
    case 'left':
      remember(view, viewed, { nowMs, steps: 0 });
      viewed.state = 'waiting';
      break;
    case 'decided':
      if (event.decision.decision !== 'finished') view.decisions.push(`${event.run.id}: ${event.decision.reason}`);
      break;
    case 'failing-fast':
      view.stopping = true;
      view.decisions.push(`stopping, as ${event.run.id} has failed (execution.failFast)`);
      break;
    case 'gpu-set-aside':
      view.decisions.push(`GPU ${event.gpu} is set aside: ${event.reason}`);
      break;
  }
  view.tally[viewed.state]++;
  if (event.type !== 'progress' && view.runs.size <= FEW_RUNS) view.estimate = null;
}

/** An estimate looks at every run: with more than these, one event changes it little, and it waits for its time. */
const FEW_RUNS = 200;

function describeEnding(end: RunEnd): Pick<ViewedRun, 'state' | 'problem'> {
  if (end.kind !== 'finished') return { state: 'waiting', problem: null };
  const { status, message } = end.outcome;
  const problem = end.problem === undefined ? message : `${message} (${end.problem})`;
  return { state: status === 'succeeded' || status === 'stopped-early' ? status : 'failed', problem };
}

function applyProgress(viewed: ViewedRun, progress: Progress, nowMs: number): void {
  viewed.measuredFrom ??= { step: progress.step, ms: nowMs };
  Object.assign(viewed, { progress, progressMs: nowMs });
  viewed.secondsPerStep = measuredSpeed(viewed) ?? claimedSpeed(progress) ?? viewed.secondsPerStep;
}

/** By the clock here, sampling and saving included; null before it has run for some time. */
function measuredSpeed({ progress, progressMs, measuredFrom }: ViewedRun): number | null {
  if (!progress || !measuredFrom || progressMs - measuredFrom.ms < LEAST_MEASURED_MS || progress.step <= measuredFrom.step) return null;
  return (progressMs - measuredFrom.ms) / 1000 / (progress.step - measuredFrom.step);
}

const LEAST_MEASURED_MS = 3000;

/** By what the run says itself. */
function claimedSpeed({ secondsLeft, steps, step }: Progress): number | null {
  return steps > step && Number.isFinite(secondsLeft) ? secondsLeft / (steps - step) : null;
}

/** What an attempt that is over teaches about those to come. Its last progress may have been lost: its outcome knows its steps too. */
function remember(view: SweepView, viewed: ViewedRun, { nowMs, steps }: { nowMs: number; steps: number }): void {
  const { progress, secondsPerStep, stepsBefore, startedMs } = viewed;
  if (!progress || viewed.state !== 'active') return;
  viewed.stepsBefore = Math.max(progress.step, steps);
  if (secondsPerStep === null) return;
  view.overheads.push(Math.max(0, (nowMs - startedMs) / 1000 - (viewed.stepsBefore - stepsBefore) * secondsPerStep));
}

/** Seconds until a run under way ends; undefined until it says how far it is. */
export function secondsLeftOf({ progress, progressMs, secondsPerStep }: ViewedRun, nowMs: number): number | undefined {
  if (!progress || secondsPerStep === null || !Number.isFinite(progress.steps)) return undefined;
  return Math.max(0, (progress.steps - progress.step) * secondsPerStep - (nowMs - progressMs) / 1000);
}

/** Seconds until the sweep ends, by the speeds measured so far; undefined while nothing is known. Counts down in between. */
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
