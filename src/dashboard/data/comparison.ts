// The points of a sweep for the headline: what each is worth over its seeds, along one swept parameter, and the run that shows it best.

import type { Metric } from '../../experiment/metrics.ts';
import { type ComparedPoint, type Comparison, hasOtherBest } from '../../results/compare/compare-points.ts';
import type { FinalValues } from '../../results/compare/final-values.ts';
import { compareLive } from '../views/comparison.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { describeRun } from '../views/run-facts.ts';
import type { ComparisonReply, PointData, PointRun, ShownRun } from './api.ts';

/** More lines than this in one plot are a tangle: the points are averaged over everything but x instead. */
const MOST_SERIES = 8;
const ATTRIBUTES = 'attributes';
const SEED = 'training.seed';

/** `wanted`: the field along x; one that tells no points apart counts as not given. */
export function describeComparison(live: LiveExperiment, wanted: string | undefined): ComparisonReply {
  const apart = compareLive(live);
  const choices = apart === null ? [] : listChoices(apart);
  const x = choices.find((field) => field === wanted) ?? choices.find((field) => field === ATTRIBUTES) ?? choices[0] ?? '';
  const isAveraged = apart !== null && (x === SEED || countSeries(apart, x) > MOST_SERIES);
  const comparison = isAveraged ? compareLive(live, x) : apart;
  return {
    cursor: live.cursor,
    x,
    choices,
    isAveraged,
    hasOtherBest: comparison !== null && hasOtherBest(comparison.rows),
    fields: comparison?.fields ?? [],
    metrics: comparison?.metrics ?? [],
    real: comparison?.judges.length === 1 ? comparison.judges[0]!.floor : {},
    points: (comparison?.rows ?? []).map((row) => describePoint(live, row, comparison!.metrics)),
    notes: comparison?.notes ?? ['There are too many runs to compare them here.'],
  };
}

/** The fields that tell the points apart; where there is but one point, its seeds. */
function listChoices({ fields, rows, averagedOver }: Comparison): string[] {
  const seeds = averagedOver.includes(SEED) ? [SEED] : [];
  return rows.length > 1 ? [...fields, ...seeds] : [...seeds, ...fields];
}

function countSeries({ rows, fields }: Comparison, x: string): number {
  return new Set(rows.map(({ values }) => JSON.stringify(fields.filter((field) => field !== x).map((field) => values[field])))).size;
}

function describePoint(live: LiveExperiment, { values, runs, last, best, isBest }: ComparedPoint, metrics: Metric[]): PointData {
  const members = runs.flatMap(({ id }): PointRun[] => {
    const run = live.runs.get(id);
    return run === undefined ? [] : [describeMember(live, id, run.finalValues())];
  });
  const { attributes } = live.runs.get(runs[0]?.id ?? '') ?? { attributes: null };
  return { values, attributes: attributes?.length ?? null, runs: members, last, best, isBest, shown: chooseShown(members, metrics, live) };
}

function describeMember(live: LiveExperiment, id: string, { last, best }: FinalValues): PointRun {
  return { id, label: describeRun(live.name, live.runs.get(id)!).label, last, best: best?.values ?? {} };
}

/** The member whose best checkpoint is the best, by the metric that chose that checkpoint, else by the first that can judge. */
function chooseShown(members: readonly PointRun[], metrics: readonly Metric[], live: LiveExperiment): ShownRun | null {
  const worth = (id: string) => live.runs.get(id)!.finalValues();
  const by = members.map(({ id }) => worth(id)).find(({ best }) => best !== null)?.bestBy;
  const metric = metrics.find(({ name, better }) => name === by && better !== null) ?? metrics.find(({ better }) => better !== null);
  if (metric === undefined) return null;
  const sign = metric.better === 'max' ? -1 : 1;
  const judged = members.flatMap(({ id }): ShownRun[] => {
    const { last, best } = worth(id);
    const value = best?.values[metric.name] ?? last[metric.name];
    return value !== undefined && Number.isFinite(value) ? [{ id, metric: metric.name, value, epoch: best?.epoch ?? null }] : [];
  });
  return judged.sort((a, b) => sign * (a.value - b.value))[0] ?? null;
}
