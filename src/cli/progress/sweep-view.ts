// (pure) What is known of a sweep under way.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { ProgressMessage } from '../../results/child-messages.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

type Progress = Extract<ProgressMessage, { type: 'progress' }>;

/** What is shown of a run. The configuration is null where another runner started the run and has not written it yet. */
export interface ShownRun extends Pick<PlannedRun, 'id' | 'state' | 'action'> {
  point: { config: RunConfig | null };
}

export interface ViewedRun {
  run: ShownRun;
  state: 'waiting' | 'active' | 'retrying' | 'succeeded' | 'stopped-early' | 'failed';
  /** What it does before its first progress comes: starting, packing, … */
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
    name,
    slots,
    runs: new Map(runs),
    decisions: [],
    overheads: [],
    stopping: false,
    estimate: null,
    tally: { waiting: 0, active: 0, retrying: 0, succeeded: 0, 'stopped-early': 0, failed: 0 },
  };
  for (const { state } of view.runs.values()) view.tally[state]++;
  return view;
}

const BLANK = {
  phase: '',
  startedMs: 0,
  progress: null,
  progressMs: 0,
  retryAtMs: null,
  problem: null,
  measuredFrom: null,
  secondsPerStep: null,
};

function stateBefore({ action, state }: ShownRun): ViewedRun['state'] {
  if (action !== 'skip') return 'waiting';
  return state === 'succeeded' || state === 'stopped-early' ? state : 'failed';
}
