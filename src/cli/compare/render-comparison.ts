// (pure) What `facet compare` tells: the table, what judged the runs, and which runs count for nothing.

import { plural } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import type { LeftOut } from '../../results/compare/choose-runs.ts';
import type { Comparison } from '../../results/compare/compare-points.ts';
import { explainJudge } from '../../results/compare/describe-judge.ts';
import type { Paint } from '../text/paint.ts';
import { formatComparison } from './comparison-table.ts';

/** Lines of text: those of the table fit into the columns, the sentences below may be broken by the terminal. */
export function renderComparison(comparison: Comparison, { columns, paint }: { columns: number; paint: Paint }): string[] {
  const { experiments, rows, judges, notes, leftOut } = comparison;
  const hasMarks = rows.some(({ isBest }) => isBest.last.length + isBest.best.length > 0);
  const hasDeviations = rows.some(({ runs }) => runs.length > 1);
  const legend = [
    ...(hasDeviations ? ['± is the sample standard deviation over the runs of a row.'] : []),
    ...(hasMarks ? ['* is the best mean of its column, last and best apart.'] : []),
  ];
  const sentences = [legend.join(' '), ...judges.map(explainJudge), ...notes].filter((line) => line !== '');
  return [
    ...formatComparison(comparison, { columns, paint }),
    ...(sentences.length > 0 ? ['', ...sentences.map((line) => paint('dim', line))] : []),
    ...(leftOut.length > 0 ? ['', ...describeLeftOut(leftOut, { isOneExperiment: experiments.length === 1, paint })] : []),
  ];
}

/** A line for each reason, with the runs as far as they fit. */
function describeLeftOut(leftOut: readonly LeftOut[], { isOneExperiment, paint }: { isOneExperiment: boolean; paint: Paint }): string[] {
  const byReason = new Map<string, string[]>();
  for (const { experiment, run, reason } of leftOut) {
    const name = shorten(isOneExperiment ? run : `${experiment}/${run}`, 100);
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  const lines = [...byReason].map(([reason, runs]) => {
    const named = runs.slice(0, MOST_RUNS_NAMED).join(', ');
    return `  ${runs.length} ${reason}: ${paint('dim', runs.length > MOST_RUNS_NAMED ? `${named}, …` : named)}`;
  });
  const isMendable = [...byReason.keys()].some((reason) => /evaluated|judged/.test(reason));
  return [
    `${plural(leftOut.length, 'run')} left out:`,
    ...lines,
    ...(isMendable ? ['  `facet evaluate RUN` judges a finished run again, with `--file FILE` as that experiment file now asks.'] : []),
  ];
}

const MOST_RUNS_NAMED = 3;
