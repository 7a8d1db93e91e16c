// (pure) The order of `facet list`: by a metric, the best first, or by when runs were begun.

import { describeMetric } from '../../experiment/metrics.ts';
import { UserError } from '../../experiment/user-error.ts';
import { suggest } from '../../experiment/yaml/nearest.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import type { ListedRun } from './list-runs.ts';

/**
 * By `newest`, or by the values of a metric at the best checkpoint where that is known, else at the end; the best first, and what has no value
 * last. `-` in front turns it round. Throws a UserError for a metric that none of the runs has.
 */
export function sortRuns(runs: readonly ListedRun[], by: string | undefined): ListedRun[] {
  if (by === undefined) return [...runs];
  const isTurned = by.startsWith('-');
  const name = isTurned ? by.slice(1) : by;
  const sign = isTurned ? -1 : 1;
  if (name === 'newest') return [...runs].sort((a, b) => sign * (b.begunAt ?? '').localeCompare(a.begunAt ?? ''));
  const metrics = [...new Set(runs.flatMap((run) => [...Object.keys(run.metrics), ...Object.keys(run.best?.metrics ?? {})]))];
  if (!metrics.includes(name)) {
    if (runs.length === 0) return [];
    const offered = ['newest', ...metrics];
    const hint = suggest(name, offered) || `; these runs have ${metrics.length === 0 ? 'none' : metrics.join(', ')}`;
    throw new UserError(`--sort: expected newest or a metric that one of these runs has recorded, got ${quote(name)}${hint}`);
  }
  const direction = describeMetric(name, 'evaluation').better === 'max' ? -1 : 1;
  const figureOf = ({ best, metrics: last }: ListedRun) => best?.metrics[name] ?? last[name];
  const isKnown = (run: ListedRun) => Number.isFinite(figureOf(run));
  const known = runs.filter(isKnown).sort((a, b) => sign * direction * (figureOf(a)! - figureOf(b)!));
  return [...known, ...runs.filter((run) => !isKnown(run))];
}
