// (pure) Means and deviations for a column of a table: as many decimals in each of its cells as the largest value needs.

import type { Spread } from './spread.ts';

/** Three significant digits of the largest value, and one decimal from 10 on: 0.931, 0.0042, 66.3, 1234. */
export function decimalsFor(values: readonly number[]): number {
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest === 0) return 3;
  if (largest >= 10) return largest >= 1000 ? 0 : 1;
  return largest >= 0.1 ? 3 : Math.min(9, 2 - Math.floor(Math.log10(largest)));
}

/** `0.931 ± 0.010`, of one run `0.931`; `(2)` behind it where only two of the runs have the metric; "-" where none has. */
export function formatSpread(spread: Spread | null | undefined, { decimals, runs }: { decimals: number; runs: number }): string {
  if (!spread) return '-';
  const { n, mean, deviation } = spread;
  const text = deviation === null ? mean.toFixed(decimals) : `${mean.toFixed(decimals)} ± ${deviation.toFixed(decimals)}`;
  return n === runs ? text : `${text} (${n})`;
}
