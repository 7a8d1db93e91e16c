// (pure) A comparison as CSV: a row a point, every metric with the mean, deviation and number of its values, last and best.

import { formatCell } from '../export/table.ts';
import type { ComparedPoint, Comparison } from './compare-points.ts';
import type { Spread } from './spread.ts';

type Compared = Pick<Comparison, 'fields' | 'rows' | 'judges'> & { metrics: readonly { name: string }[] };

/** With a header; what is not known is empty. Lines end with a line feed. */
export function formatCsv(comparison: Compared): string {
  const columns = listColumns(comparison);
  const lines = [columns.map(([name]) => name), ...comparison.rows.map((row) => columns.map(([, cell]) => cell(row)))];
  return lines.map((cells) => `${cells.map(formatCell).join(',')}\n`).join('');
}

type Column = [name: string, cell: (row: ComparedPoint) => string];

function listColumns({ fields, metrics, rows, judges }: Compared): Column[] {
  return [
    ...fields.map((field): Column => [field, ({ values }) => values[field] ?? '']),
    ['runs', ({ runs }) => String(runs.length)],
    ['seeds', ({ runs }) => runs.map(({ seed }) => seed).join(' ')],
    ['left_out', ({ leftOut }) => String(leftOut.length)],
    ['judged', ({ judge }) => judges[judge]!.when],
    ['oracle', ({ judge }) => judges[judge]!.oracle ?? ''],
    ['oracle_accuracy', ({ judge }) => write(judges[judge]!.accuracy?.mean)],
    ['pictures', ({ judge }) => write(judges[judge]!.pictures)],
    ...metrics.flatMap(({ name }): Column[] => [
      ...spreadColumns(`last.${name}`, ({ last }) => last[name]),
      ...(rows.some(({ best }) => best[name]) ? spreadColumns(`best.${name}`, ({ best }) => best[name]) : []),
      ...floorColumns(name, judges),
    ]),
    ...spreadColumns('images_per_second', ({ imagesPerSecond }) => imagesPerSecond),
    ...spreadColumns('seconds', ({ seconds }) => seconds),
  ];
}

/** None for a metric that nobody has measured on real pictures, as losses. */
function floorColumns(name: string, judges: Comparison['judges']): Column[] {
  if (judges.every(({ floor }) => floor[name] === undefined)) return [];
  return [[`floor.${name}`, ({ judge }) => write(judges[judge]!.floor[name])]];
}

function spreadColumns(name: string, spreadOf: (row: ComparedPoint) => Spread | null | undefined): Column[] {
  return [
    [`${name}.mean`, (row) => write(spreadOf(row)?.mean)],
    [`${name}.deviation`, (row) => write(spreadOf(row)?.deviation)],
    [`${name}.n`, (row) => write(spreadOf(row)?.n ?? 0)],
  ];
}

function write(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
