// An experiment's runs as data: what a page needs to compare them, without their curves.

import type { Run } from '../../results/read.ts';
import { wordOf } from '../../results/states.ts';
import { axisNames, metricsOf } from '../views/changes.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import { describeRun, evaluationsOf, type RunFacts } from '../views/run-facts.ts';
import type { ExperimentData, GridsReply, ParameterTable, RunData, Scalar } from './api.ts';
import { tabulateParameters } from './parameters.ts';
import { measureSweep } from './sweep-progress.ts';

/** `since`: a version of the experiment; 0: everything. */
export function describeExperiment(live: LiveExperiment, since: number): ExperimentData {
  const runs = [...live.runs.values()];
  const facts = new Map(runs.map((run) => [run, describeRun(live.name, run)]));
  const { table, changedIn } = parametersOf(live);
  return {
    cursor: live.cursor,
    isActive: live.isActive,
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
    written: { text: run.written.text, tags: run.written.tags },
    real: finiteValues(evaluation?.floor ?? {}),
    evaluations: evaluationsOf(run),
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
