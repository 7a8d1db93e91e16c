// Stops single runs of a sweep while the others go on, and starts single runs once more, as requests come.

import { readEnding } from '../../results/read.ts';
import type { OutcomeRecord, RunRequest } from '../../results/records.ts';
import { isDone, isFailure } from '../../results/states.ts';
import { reopenRun, requestRunStop } from '../../results/write-run.ts';
import type { StopSignals } from '../executors/executor.ts';
import { type FollowedStop, followStop } from '../follow-stop.ts';
import type { PlannedRun } from '../plan/plan.ts';
import type { LaunchEnd, RunSource, ScheduleHands } from '../schedule/schedule.ts';
import { concludeWithdrawn } from './conclude-withdrawn.ts';

export interface RunControlOptions {
  plan: readonly PlannedRun[];
  /** Of the sweep. */
  stop: StopSignals;
  source: RunSource<PlannedRun>;
  folderOf(run: PlannedRun): string;
  /** Plans a run anew that the plan has left alone: changes it in place. What it returns makes ready what the run needs. */
  planAgain(run: PlannedRun): () => Promise<void>;
  /** A run was stopped that no process works on. */
  onWithdrawn(run: PlannedRun, outcome: OutcomeRecord): void;
}

export interface RunControl {
  connect(hands: ScheduleHands<PlannedRun>): void;
  /** Does what is asked of a run. Does nothing where that is so already, where it is done, or where there is no such run. */
  take(run: string, request: Pick<RunRequest, 'wish' | 'by'>): void;
  /** The run has ended, as far as the schedule knows. */
  settle(run: PlannedRun): void;
  /** Carries out an attempt with stop signals of its own. `prepare`: what has to be made ready for it first. */
  attempt(run: PlannedRun, carryOut: (its: { stop: StopSignals; prepare: () => Promise<void> }) => Promise<LaunchEnd>): Promise<LaunchEnd>;
}

interface Active {
  stop: FollowedStop;
  /** Who has asked this run to stop, for a person; null: nobody. */
  by: string | null;
}

export function createRunControl(options: RunControlOptions): RunControl {
  const { plan, stop, source, folderOf } = options;
  const runs = new Map(plan.map((run) => [run.id, run]));
  const active = new Map<PlannedRun, Active>();
  /** Stopping, and asked to go on again since. */
  const again = new Set<PlannedRun>();
  /** Stopped before they were given out. */
  const withdrawn = new Set<PlannedRun>();
  const preparations = new Map<PlannedRun, () => Promise<void>>();
  let hands: ScheduleHands<PlannedRun> | null = null;

  function stopRun(run: PlannedRun, { wish, by }: Pick<RunRequest, 'wish' | 'by'>): void {
    const now = active.get(run);
    if (now) {
      now.by = by;
      again.delete(run);
      source.withdraw(run);
      now.stop.request({ kind: wish === 'end' ? 'forced' : 'graceful', by });
      return;
    }
    const { state, outcome } = readEnding(folderOf(run));
    if (outcome) return;
    if (state === 'running') {
      requestRunStop(folderOf(run), by); // a job of a former command, or a process that has lost its runner
      return;
    }
    const isWaiting = source.withdraw(run);
    const end = concludeWithdrawn(run, { folder: folderOf(run), by });
    if (hands?.withdraw(run, end)) return; // it was to be tried again: the schedule tells of its end
    if (isWaiting) withdrawn.add(run);
    if (isWaiting || run.action === 'skip') options.onWithdrawn(run, end.outcome);
  }

  function goOn(run: PlannedRun): void {
    const now = active.get(run);
    if (now) {
      if (now.by !== null) again.add(run);
      return;
    }
    const { state, outcome } = readEnding(folderOf(run));
    const isWaiting = outcome === null && run.action !== 'skip' && !withdrawn.has(run) && !hands?.hasEnded(run);
    if (isDone(state) || isWaiting) return;
    if (source.resume?.(run) === false) return;
    if (run.action === 'skip') preparations.set(run, options.planAgain(run));
    if (run.action === 'skip') return; // it cannot be started here: its reason says why
    withdrawn.delete(run);
    if (outcome) reopenRun(folderOf(run), outcome);
    hands?.takeUp(run);
  }

  /** The end of an attempt that was asked to stop. A failure on the way is not tried again: nobody wants the run to go on. */
  function stopped(run: PlannedRun, end: LaunchEnd, by: string): LaunchEnd {
    if (end.kind === 'finished') return isFailure(end.outcome.status) ? { ...end, isHopeless: true } : end;
    const hasOutcome = end.kind === 'stopped' && end.outcome !== null;
    if (hasOutcome || stop.graceful.aborted || stop.leave?.aborted) return end;
    return concludeWithdrawn(run, { folder: folderOf(run), by });
  }

  return {
    connect(its) {
      hands = its;
    },
    take(id, request) {
      const run = runs.get(id);
      if (!run) return;
      if (request.wish === 'go-on') goOn(run);
      else stopRun(run, request);
    },
    async attempt(run, carryOut) {
      const own: Active = { stop: followStop(stop), by: null };
      active.set(run, own);
      const prepare = preparations.get(run) ?? (() => Promise.resolve());
      preparations.delete(run);
      try {
        const end = await carryOut({ stop: own.stop.signals, prepare });
        return own.by === null ? end : stopped(run, end, own.by);
      } finally {
        own.stop.release();
        active.delete(run);
      }
    },
    settle(run) {
      if (again.delete(run)) goOn(run);
    },
  };
}
