// An experiment's runs as data: what a page needs to compare them, without their curves.

import type { Run } from '../../results/read.ts';
import { isDone, isFailure, wordOf } from '../../results/states.ts';
import { axisNames, isActive, metricsOf } from '../views/changes.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import { describeRun, evaluationsOf, type RunFacts } from '../views/run-facts.ts';
import type { ExperimentData, GridsReply, ParameterTable, RunData, Scalar, SweepProgress } from './api.ts';
import { tabulateParameters } from './parameters.ts';

/** `since`: a version of the experiment; 0: everything. */
export function describeExperiment(live: LiveExperiment, since: number): ExperimentData {
  const runs = [...live.runs.values()];
  const facts = new Map(runs.map((run) => [run, describeRun(live.name, run)]));
  const { table, changedIn } = parametersOf(live);
  return {
    cursor: live.cursor,
    isActive: isActive(live),
    reading: live.reading,
    sweep: measureSweep([...facts.values()]),
    axes: axisNames(live),
    metrics: metricsOf(runs),
    ...(live.orderChangedIn > since ? { order: [...live.runs.keys()] } : {}),
    ...(changedIn > since ? { parameters: table } : {}),
    runs: runs.filter((run) => Math.max(run.changedIn, run.series.changedIn) > since).map((run) => describe(facts.get(run)!, run)),
    problems: live.results.problems,
  };
}

/** `ids`: of the wanted runs; none: all. */
export function describeGrids(live: LiveExperiment, ids: readonly string[]): GridsReply {
  const runs = [...live.runs.values()].filter(({ run }) => ids.length === 0 || ids.includes(run.id));
  return {
    cursor: live.cursor,
    runs: runs.map(({ run, grid, samples }) => ({
      id: run.id,
      grid: grid && {
        imageSize: finite(grid.imageSize) ?? 64,
        gap: finite(grid.gap) ?? 0,
        rows: grid.rows,
        columns: grid.columns.map(({ label, bits }) => ({ label: String(label ?? ''), asks: bits ?? {} })),
      },
      samples: samples.map(({ epoch, version }) => [epoch, version]),
    })),
  };
}

function describe({ values, ...facts }: RunFacts, run: LiveRun): RunData {
  const { last, best, bestBy, judge, evaluation } = values;
  return {
    ...facts,
    stateWords: wordOf(facts.state),
    last: finiteValues(last),
    best: best && { epoch: best.epoch, step: best.step, by: bestBy, values: finiteValues(best.values) },
    judge,
    real: finiteValues(evaluation?.floor ?? {}),
    evaluations: evaluationsOf(run),
  };
}

function measureSweep(runs: readonly RunFacts[]): SweepProgress {
  const wanted = runs.filter(({ current }) => current);
  const usual = wanted.find(({ steps }) => steps !== null)?.steps ?? null;
  const lengths = wanted.map(({ steps, step, state }) => (isDone(state) ? step : (steps ?? usual ?? 0)));
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const done = wanted.reduce((sum, { step }, i) => sum + Math.min(step, lengths[i]!), 0);
  const atWork = wanted.filter(({ state, step, seconds }) => state === 'running' && step > 0 && (seconds ?? 0) > 0);
  const stepsPerSecond = atWork.reduce((sum, { step, seconds }) => sum + step / seconds!, 0);
  const open = wanted.reduce((sum, { state, step }, i) => sum + (isFailure(state) ? 0 : Math.max(0, lengths[i]! - step)), 0);
  return {
    runs: wanted.length,
    done: wanted.filter(({ state }) => isDone(state)).length,
    failed: wanted.filter(({ state }) => isFailure(state)).length,
    share: all === 0 ? null : done / all,
    secondsLeft: stepsPerSecond === 0 ? null : open / stepsPerSecond,
  };
}

/** Made again only where a run's record is another one. */
function parametersOf(live: LiveExperiment): { table: ParameterTable; changedIn: number } {
  const runs = [...live.runs.values()].map(({ run }) => run);
  const old = kept.get(live);
  if (old && old.runs.length === runs.length && runs.every((run, i) => isSameRecord(run, old.runs[i]!))) return old;
  const entry = { runs, table: tabulateParameters(runs), changedIn: live.version };
  kept.set(live, entry);
  return entry;
}

const kept = new WeakMap<LiveExperiment, { runs: Run[]; table: ParameterTable; changedIn: number }>();

function isSameRecord(a: Run, b: Run): boolean {
  return a.id === b.id && a.record === b.record;
}

function finiteValues(values: Record<string, number>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finite(value)]));
}

function finite(value: Scalar | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
