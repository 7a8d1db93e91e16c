// (pure) What tells chosen runs apart: the parameters that differ, and their metrics with the best marked.

import { formatHead, type Metric } from '../../../experiment/metrics.ts';
import { formatNumber } from '../../../experiment/units.ts';
import type { RunData, Scalar } from '../../data/api.ts';
import { capitalise } from '../../labels.ts';
import { parameterFields, type RunFacts } from './fields.ts';

export interface DifferenceRow {
  label: string;
  /** The whole name, or what it means. */
  title: string;
  /** In the order of the runs. */
  cells: { text: string; isBest: boolean }[];
}

export interface Differences {
  parameters: DifferenceRow[];
  /** Of the last step and the last evaluation. */
  metrics: DifferenceRow[];
  /** Of the best checkpoints; empty where nothing is another value there. */
  best: DifferenceRow[];
  /** What limits the comparison, a line each. */
  notes: string[];
}

/** `runs`: two or more of those of `facts`. `listed`: the metrics to tell. */
export function findDifferences(facts: RunFacts, runs: readonly RunData[], listed: readonly Metric[]): Differences {
  const parameters = parameterFields(facts).flatMap(({ name, label, read }): DifferenceRow[] => {
    const texts = runs.map((run) => formatScalar(read(run)));
    return new Set(texts).size < 2 ? [] : [{ label, title: name, cells: texts.map((text) => ({ text, isBest: false })) }];
  });
  const judges = new Set(runs.map(({ judge }) => `${judge.when} ${judge.oracle} ${judge.pictures}`));
  const tabulate = (read: (run: RunData, metric: string) => number | null): DifferenceRow[] =>
    listed.flatMap((metric): DifferenceRow[] => {
      const values = runs.map((run) => read(run, metric.name));
      if (values.every((value) => value === null)) return [];
      const isComparable = metric.when === 'step' || judges.size === 1;
      const best = isComparable ? bestOf(values, metric.better) : null;
      const cells = values.map((value) => ({
        text: value === null ? '–' : formatNumber(value),
        isBest: best !== null && value === best,
      }));
      return [{ label: capitalise(formatHead(metric)), title: `${metric.label}: ${metric.meaning}`, cells }];
    });
  const metrics = tabulate((run, name) => run.last[name] ?? null);
  const best = tabulate((run, name) => run.best?.values[name] ?? null);
  const notes = [
    ...(parameters.length === 0 ? ['No parameter differs between these runs.'] : []),
    ...(judges.size > 1 ? ['They were judged in different ways, so that no value of an evaluation is marked as the best.'] : []),
    ...(new Set(runs.map(({ step }) => step)).size > 1 ? ['They have not done the same number of steps.'] : []),
  ];
  return { parameters, metrics, best: isSame(metrics, best) ? [] : best, notes };
}

/** null where nothing is better, or all are the same. */
function bestOf(values: readonly (number | null)[], better: 'min' | 'max' | null): number | null {
  const known = values.filter((value) => value !== null);
  if (better === null || new Set(known).size < 2) return null;
  return better === 'min' ? Math.min(...known) : Math.max(...known);
}

function isSame(last: readonly DifferenceRow[], best: readonly DifferenceRow[]): boolean {
  const textOf = new Map(last.map(({ label, cells }) => [label, cells.map(({ text }) => text).join()]));
  return best.every(({ label, cells }) => textOf.get(label) === cells.map(({ text }) => text).join());
}

function formatScalar(value: Scalar): string {
  if (value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
