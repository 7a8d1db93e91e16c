// (pure) A comparison as the JSON that programs read.

import type { Comparison } from './compare-points.ts';

/**
 * `facet compare --json`. `rows` have `values` by field, their `runs`, and by metric `last` and `best` as {n, mean, deviation}, deviation
 * null for one run; `judge` is a place in `judges`. `leftOut` names each run that does not count, and why.
 */
export type ComparisonJson = {
  format: 1;
  metrics: { name: string; label: string; unit: string | null; better: 'min' | 'max' | null }[];
} & Omit<Comparison, 'metrics'>;

export function describeJson({ metrics, ...rest }: Comparison): ComparisonJson {
  return { format: 1, metrics: metrics.map(({ name, label, unit, better }) => ({ name, label, unit, better })), ...rest };
}
