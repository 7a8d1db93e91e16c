// (pure) Updates the view of a sweep with what happens to its runs, as the runner or the run folders tell it.

import type { ProgressMessage } from '../../results/child-messages.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';
import type { RunEnd } from '../../runner/schedule/schedule.ts';
import type { ShownRun, SweepView, ViewedRun } from './sweep-view.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

/** An event of the runner, or one that was found in the run folders, which hold neither slots nor plans. */
export type ShownEvent = Shown<RunnerEvent> | LeftEvent;
/**
 * The run's process is gone and left no outcome: the run will be tried again, waits for a decision, or was interrupted. Found in folders
 * only.
 */
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
    case 'withdrawn':
      viewed.state = 'waiting';
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

/** An estimate looks at every run. With more runs than these one event changes it little, so that it is only made anew every second. */
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

/** Seconds a step by this process's clock, sampling and saving included; null in the first seconds. */
function measuredSpeed({ progress, progressMs, measuredFrom }: ViewedRun): number | null {
  if (!progress || !measuredFrom || progressMs - measuredFrom.ms < LEAST_MEASURED_MS || progress.step <= measuredFrom.step) return null;
  return (progressMs - measuredFrom.ms) / 1000 / (progress.step - measuredFrom.step);
}

const LEAST_MEASURED_MS = 3000;

/** Seconds a step as the run itself says. */
function claimedSpeed({ secondsLeft, steps, step }: Progress): number | null {
  return steps > step && Number.isFinite(secondsLeft) ? secondsLeft / (steps - step) : null;
}

/**
 * Keeps of an ended attempt its steps (its last progress may be lost, so those of its outcome count too) and the seconds besides
 * training.
 */
function remember(view: SweepView, viewed: ViewedRun, { nowMs, steps }: { nowMs: number; steps: number }): void {
  const { progress, secondsPerStep, stepsBefore, startedMs } = viewed;
  if (!progress || viewed.state !== 'active') return;
  viewed.stepsBefore = Math.max(progress.step, steps);
  if (secondsPerStep === null) return;
  view.overheads.push(Math.max(0, (nowMs - startedMs) / 1000 - (viewed.stepsBefore - stepsBefore) * secondsPerStep));
}
