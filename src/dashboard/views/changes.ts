// The answer to a poll: everything that changed since the page's cursor, and nothing else. The cursor names a version of what the
// server has seen; an unknown one is answered with everything.

import { chooseShown, listMetrics, type Metric, uniteDeclared } from '../../experiment/metrics.ts';
import { isSilent } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { readSeries } from '../data/series.ts';
import { keyOfRunner } from '../http/stop-route.ts';
import { renderComparison } from '../pages/comparison.tsx';
import { progressOf, renderSummary } from '../pages/experiment-parts.tsx';
import type { ExperimentChanges, RunChange, RunPageChanges, SeriesPatch } from '../wire.ts';
import { compareLive } from './comparison.ts';
import type { LiveExperiment } from './live-experiment.ts';
import type { LiveRun } from './live-run.ts';
import { describeRun, rowFacts, viewRun } from './run-facts.ts';

/** For an experiment's page. */
function experimentChanges(
  live: LiveExperiment,
  { cursor, canStop = true, withCurves = true }: { cursor?: string; canStop?: boolean; withCurves?: boolean },
): ExperimentChanges {
  const since = live.versionOf(cursor);
  const axes = axisNames(live);
  const metrics = metricsOf(live.runs.values());
  const columns = columnsOf(metrics).map(({ name }) => name);
  const runs = [...live.runs.values()].flatMap((run) => runChange(live, run, { since, withCurves, columns }) ?? []);
  return {
    cursor: live.cursor,
    reading: live.reading,
    isActive: live.isActive,
    axes,
    metrics: metrics.map(({ name }) => name),
    ...(live.orderChangedIn > since ? { order: [...live.runs.keys()] } : {}),
    runs,
    summary: renderSummary(live),
    sweep: progressOf(live),
    comparison: renderComparison(compareLive(live), live),
    runner: canStop && !isSilent(readLastSign(runnerLeaseFile(live.results.folder)), Date.now()) ? keyOfRunner(live.results.runner) : null,
  };
}

/** As JSON, made once for all pages that have the same version: fifty tabs ask for the same. */
export function changesAsText(live: LiveExperiment, options: { cursor?: string; canStop?: boolean; withCurves?: boolean }): string {
  const since = live.versionOf(options.cursor);
  const known = texts.get(live);
  const { results, version, reading } = live;
  const state = JSON.stringify([version, reading, live.isActive, results.runner?.token, results.problems]);
  const entry = known?.state === state ? known : { state, bySince: new Map<string, string>() };
  texts.set(live, entry);
  const key = `${since} ${options.canStop ?? true} ${options.withCurves ?? true}`;
  const text = entry.bySince.get(key) ?? JSON.stringify(experimentChanges(live, options));
  if (entry.bySince.size < MOST_TEXTS) entry.bySince.set(key, text);
  return text;
}

const MOST_TEXTS = 8;
const texts = new WeakMap<LiveExperiment, { state: string; bySince: Map<string, string> }>();

/** For the page of one run. */
export function runChanges(
  live: LiveExperiment,
  run: LiveRun,
  { cursor, withCurves = true }: { cursor?: string | undefined; withCurves?: boolean },
): Omit<RunPageChanges, 'summary' | 'actions' | 'log'> {
  const since = live.versionOf(cursor);
  const change = runChange(live, run, { since, withCurves, columns: null });
  if (change?.series) change.series = wholeSeries(run);
  return {
    cursor: live.cursor,
    reading: { done: run.isRead ? 1 : 0, of: 1 },
    isActive: live.isActive,
    metrics: metricsOf([run]).map(({ name }) => name),
    ...(since === 0 ? { order: [run.run.id] } : {}),
    runs: change ? [change] : [],
  };
}

/** As fine as a chart of one run can show. */
function wholeSeries(run: LiveRun): SeriesPatch {
  const { series } = run;
  const range = { metrics: series.metricNames(), from: 1, to: series.lastHead?.step ?? 0, points: POINTS_OF_ONE };
  const { firstStep: fromStep, bucketSteps, lastStep, seconds, curves } = readSeries(run, range, MOST_BYTES_OF_ONE);
  return { fromStep, bucketSteps, lastStep, seconds, curves };
}

const POINTS_OF_ONE = 512;
const MOST_BYTES_OF_ONE = 4 * 1024 * 1024;

/**
 * The metrics of the page of these runs: all of the table, and those that a foreign trainer has recorded. Those that only an oracle
 * measures come with the first run that one has judged.
 */
export function metricsOf(runs: Iterable<LiveRun>): Metric[] {
  const all = [...runs];
  return listMetrics(
    all.flatMap((run) => run.metricNames()),
    declaredBy(all),
  );
}

const declaredBy = (runs: readonly LiveRun[]) => uniteDeclared(runs.map(({ run }) => run.record?.config));

/** Those of them that have a chart: an evaluation at the end alone is no curve. */
export function chartedMetrics(runs: readonly LiveRun[]): Metric[] {
  return listMetrics(
    runs.flatMap((run) => [...run.series.metricNames(), ...run.evaluatedNames]),
    declaredBy(runs),
  );
}

/** Axes of all runs, in the order of the first that has them. */
export function axisNames(live: LiveExperiment): string[] {
  return [...new Set([...live.runs.values()].flatMap(({ run }) => Object.keys(run.axes)))];
}

/** The metrics that are columns of the table. */
export function columnsOf(metrics: readonly Metric[]): Metric[] {
  return chooseShown(metrics);
}

interface ChangeOptions {
  since: number;
  withCurves: boolean;
  /** null: nothing for a table. */
  columns: readonly string[] | null;
}

function runChange(live: LiveExperiment, run: LiveRun, { since, withCurves, columns }: ChangeOptions): RunChange | null {
  const series = withCurves ? run.series.patchSince(since) : null;
  if (run.changedIn <= since) return series && { id: run.run.id, series };
  const facts = describeRun(live.name, run);
  return {
    id: run.run.id,
    view: viewRun(facts, run),
    ...(columns && { row: rowFacts(facts, columns) }),
    ...(series && { series }),
  };
}
