// An experiment and its runs as `facet status` tells them, from the folders alone.

import { statSync } from 'node:fs';
import { METRICS } from '../../experiment/metrics.ts';
import { judgeOf, type RunJudge } from '../../results/compare/describe-judge.ts';
import type { FinalValues } from '../../results/compare/final-values.ts';
import { readFinalValues } from '../../results/compare/read-results.ts';
import { readHolding } from '../../results/leases/holding.ts';
import { isSilent } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { evaluationsFile, metricsFile, runnerLeaseFile } from '../../results/paths.ts';
import type { ExperimentResults, Run } from '../../results/read.ts';
import type { RunProgress } from '../../results/read-progress.ts';
import type { RunState } from '../../results/records.ts';
import { readNote } from '../../results/runs/notes.ts';
import { RUN_STATES } from '../../results/states.ts';
import { estimateSeconds, type Work } from '../progress/estimate.ts';
import { tallyStates } from './states.ts';

/** What --json prints of an experiment. Numbers that are not known are null. */
export interface ExperimentStatus {
  name: string;
  /** The file that it was started from; null where that is not known. */
  file: string | null;
  startedAt: string | null;
  /**
   * The live process that runs it; null: nobody. lastSignMs: when it was last heard of, in milliseconds since 1970, where it cannot be seen
   * from here. log: where its output goes, where it was started with --detach. waitsBehind: the experiment whose end it waits for.
   */
  runner: {
    pid: number;
    host: string;
    since: string;
    lastSignMs: number | null;
    log: string | null;
    waitsBehind: string | null;
  } | null;
  /** Runs of each state that occurs; former ones, that the file no longer asks for, are left out. */
  counts: Partial<Record<RunState, number>>;
  total: number;
  /** Until the last run ends, estimated from measured speeds; null while nobody runs it or nothing is measured. */
  secondsLeft: number | null;
  /** What its folder takes on the disk, and of that its .trash and .reproductions; null where that was not measured, as with --watch. */
  bytes: { total: number; trash: number; reproductions: number } | null;
  problems: string[];
}

export interface RunStatus extends RunProgress {
  id: string;
  state: RunState;
  axes: Record<string, string>;
  /** False: the experiment no longer asks for it. */
  current: boolean;
  /** How it ended, in a line; null while it has not. */
  message: string | null;
  /** When its last step or evaluation was written, of an interrupted run, in milliseconds since 1970; else null. */
  lastWrittenMs: number | null;
  /** What a person should know besides; null as a rule. */
  note: string | null;
  /** What a person has written on it (`facet note`); '' and no tags as a rule. */
  ownNote: string;
  tags: string[];
  folder: string;
  /** What the folder takes on the disk; null where that was not measured. */
  bytes: number | null;
  /** What it is worth at its best checkpoint, and by which metric that is the best; null where none was evaluated. */
  best: BestStatus | null;
  /** What its own trainer says of its metrics (`trainer.metrics`): label, unit, better, meaning, by name. */
  declared: FinalValues['declared'];
  /** By what its evaluations were measured, and how good that oracle is itself. */
  judge: RunJudge;
  problems: string[];
}

interface BestStatus {
  step: number;
  epoch: number;
  by: string;
  metrics: Record<string, number>;
}

export interface DetailedStatus extends ExperimentStatus {
  runs: RunStatus[];
}

export function describeExperiment(results: ExperimentResults, readProgress: (run: Run) => RunProgress): DetailedStatus {
  const { name, record, runner, problems } = results;
  const lastSignMs = runner && readLastSign(runnerLeaseFile(results.folder));
  const isGone = isSilent(lastSignMs, Date.now());
  const holding = runner && readHolding(results.folder, runner);
  const runs = results.runs.map((run): RunStatus => {
    const { id, state, axes, current, outcome, folder } = run;
    const progress = readProgress(run);
    const values = readFinalValues(run, state === 'queued' ? null : readLastMetrics(folder));
    const { last, best, bestBy, declared } = values;
    const own = readNote(folder);
    const losses = Object.fromEntries(LOSSES.map((name) => [name, progress.metrics[name] ?? null]));
    return {
      id,
      state,
      axes,
      current,
      message: outcome?.message ?? null,
      lastWrittenMs: state === 'interrupted' ? readLastWritten(folder) : null,
      note: outcome?.note ?? null,
      ownNote: own.note.text,
      tags: own.note.tags,
      ...progress,
      ...(isGone && { secondsLeft: null }),
      metrics: last,
      ...losses,
      best: best && { step: best.step, epoch: best.epoch, by: bestBy, metrics: best.values },
      declared,
      judge: judgeOf(values),
      folder,
      bytes: null,
      problems: own.problem === null ? run.problems : [...run.problems, own.problem],
    };
  });
  const counts = tallyStates(results.runs);
  return {
    name,
    file: record?.file ?? null,
    startedAt: record?.startedAt ?? null,
    runner: runner && {
      pid: runner.pid,
      host: runner.host,
      since: runner.since,
      lastSignMs,
      log: holding?.log ?? null,
      waitsBehind: holding?.behind ?? null,
    },
    counts: Object.fromEntries(counts),
    total: [...counts.values()].reduce((sum, count) => sum + count, 0),
    secondsLeft: runner && !isGone ? estimate(results.runs, runs) : null,
    bytes: null,
    problems,
    runs,
  };
}

function readLastWritten(folder: string): number | null {
  const times = [metricsFile, evaluationsFile].map((fileOf) => statSync(fileOf(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times) || null;
}

/** These metrics stand in the JSON beside the other fields too: format 1 had no `metrics`. */
const LOSSES = METRICS.filter(({ when, audience }) => when === 'step' && audience === 'tables').map(({ name }) => name);

/** Without its runs. Their figures take long to read, and are read only where a runner is at work. */
export function summarizeExperiment(results: ExperimentResults, readProgress: (run: Run) => RunProgress): ExperimentStatus {
  const shown = results.runner ? results : { ...results, runs: [] };
  const { runs: _runs, ...status } = describeExperiment(shown, readProgress);
  const counts = tallyStates(results.runs);
  return { ...status, counts: Object.fromEntries(counts), total: [...counts.values()].reduce((sum, count) => sum + count, 0) };
}

function estimate(runs: readonly Run[], progress: readonly RunProgress[]): number | null {
  const works = runs.flatMap((run, index): Work[] => (run.current ? [workOf(run, progress[index]!)] : []));
  const slots = works.filter(({ state }) => state === 'active').length;
  return estimateSeconds(works, { slots: Math.max(1, slots), overheadSeconds: 0 }) ?? null;
}

function workOf({ record, state }: Run, { step, steps, seconds, secondsLeft }: RunProgress): Work {
  return {
    config: record?.config ?? null,
    state: state === 'running' ? 'active' : RUN_STATES[state].mayContinue ? 'waiting' : 'ended',
    step,
    steps,
    secondsPerStep: step > 0 && seconds !== null ? seconds / step : null,
    secondsLeft,
  };
}
