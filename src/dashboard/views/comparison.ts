// The points of an experiment's sweep, compared over their seeds.

import { type Comparison, comparePoints } from '../../results/compare/compare-points.ts';
import { describeResult } from '../../results/compare/read-results.ts';
import type { LiveExperiment } from './live-experiment.ts';

/**
 * Computed again only when a run that has ended has changed: those that train count for nothing yet. null for a sweep of so many runs that
 * other requests would have to wait. `by`: as of `comparePoints`.
 */
export function compareLive(live: LiveExperiment, by: string | null = null): Comparison | null {
  if (live.runs.size > MOST_RUNS) return null;
  const { done, of } = live.reading;
  if (done < of) return kept.get(live)?.comparisons.get(by) ?? comparePoints([]); // it would be another one a moment later
  const runs = [...live.runs.values()];
  const key = JSON.stringify([
    live.orderChangedIn,
    runs.map(({ run, changedIn }) => [run.state, run.current, ...(run.outcome === null ? [] : [changedIn])]),
  ]);
  const old = kept.get(live);
  const entry = old?.key === key ? old : { key, comparisons: new Map<string | null, Comparison>() };
  kept.set(live, entry);
  const known = entry.comparisons.get(by);
  if (known) return known;
  const results = runs.map((each) => describeResult(live.name, each.run, { lastMetrics: each.series.last, values: each.finalValues() }));
  const comparison = comparePoints(results, by);
  entry.comparisons.set(by, comparison);
  return comparison;
}

const MOST_RUNS = 2000;

const kept = new WeakMap<LiveExperiment, { key: string; comparisons: Map<string | null, Comparison> }>();
