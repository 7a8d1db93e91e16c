// A benchmark's result as a row: printed, and appended to the file that BENCH_ROWS names, from which bench/gpu.sh makes its table.

import { appendFileSync } from 'node:fs';

/** `what` was measured, such as "width 64, batch 64", and the figures by name. */
export function tellRow(what: string, figures: Readonly<Record<string, number | string>>): void {
  console.log(what, figures);
  const file = process.env.BENCH_ROWS;
  if (!file) return;
  const written = Object.entries(figures).map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(3)) : value}`);
  appendFileSync(file, `${process.env.BENCH_PART ?? ''}\t${what}\t${written.join(', ')}\n`);
}
