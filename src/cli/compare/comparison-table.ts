// (pure) The rows of a comparison as a table of text: a line for the last and one for the best checkpoint of each point, then what real
// pictures have. Where the terminal is narrow the metrics follow in blocks, each beside the names of the rows.

import { formatHead, type Metric } from '../../experiment/metrics.ts';
import { formatDuration, formatSpeed } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import { type ComparedPoint, type Comparison, hasOtherBest, listFigures } from '../../results/compare/compare-points.ts';
import { decimalsFor, formatSpread } from '../../results/compare/format-spread.ts';
import { cutLine } from '../text/fit-line.ts';
import type { Paint } from '../text/paint.ts';
import { type Cell, formatTable } from '../text/table.ts';

interface Column {
  title: string;
  isNumber: boolean;
  cells: Cell[];
}

/** A line of the table: a point at one end of its runs, or the real pictures. */
type Line = { row: ComparedPoint; end: 'last' | 'best' } | { row: null; end: 'real' };

/** Lines of text, an empty one between blocks. `columns`: of the terminal; Infinity where lines may be as long as they like. */
export function formatComparison(comparison: Comparison, { columns, paint }: { columns: number; paint: Paint }): string[] {
  const lines = listLines(comparison);
  const names = [...nameColumns(comparison, lines), runsColumn(lines), ...endColumn(lines)];
  const blocks = divide(names, figureColumns(comparison, lines), columns);
  return blocks.flatMap((block, index) => [...(index === 0 ? [] : ['']), ...printBlock(block, { columns, paint })]);
}

function listLines({ rows, judges }: Comparison): Line[] {
  const isTwofold = hasOtherBest(rows);
  const lines = rows.flatMap((row): Line[] => [{ row, end: 'last' }, ...(isTwofold ? [{ row, end: 'best' } as const] : [])]);
  const hasFloor = judges.length === 1 && Object.keys(judges[0]!.floor).length > 0;
  return hasFloor ? [...lines, { row: null, end: 'real' }] : lines;
}

function nameColumns({ fields }: Comparison, lines: readonly Line[]): Column[] {
  return fields.map((field, index) => ({
    title: shorten(field.slice(field.lastIndexOf('.') + 1), MOST_NAME),
    isNumber: false,
    cells: lines.map(({ row, end }): Cell => {
      if (end === 'real') return index === 0 ? { text: 'real pictures', colour: 'dim' } : { text: '' };
      return { text: end === 'last' ? shorten(row!.values[field]!, MOST_NAME) : '' };
    }),
  }));
}

const MOST_NAME = 24;

function runsColumn(lines: readonly Line[]): Column {
  const cells = lines.map(({ row, end }) => {
    if (end !== 'last') return { text: '' };
    const { runs, leftOut } = row;
    return { text: leftOut.length === 0 ? String(runs.length) : `${runs.length} of ${runs.length + leftOut.length}` };
  });
  return { title: 'runs', isNumber: true, cells };
}

/** Tells last and best apart, where they differ. */
function endColumn(lines: readonly Line[]): Column[] {
  if (lines.every(({ end }) => end !== 'best')) return [];
  return [{ title: '', isNumber: false, cells: lines.map(({ end }) => ({ text: end === 'real' ? '' : end })) }];
}

/** Those of `listFigures`, then what a run costs. */
function figureColumns(comparison: Comparison, lines: readonly Line[]): Column[] {
  return [
    ...listFigures(comparison).map((metric) => metricColumn(metric, comparison, lines)),
    costColumn('images/s', lines, ({ imagesPerSecond }) => formatSpeed(imagesPerSecond?.mean)),
    costColumn('time', lines, ({ seconds }) => formatDuration(seconds?.mean ?? Number.NaN)),
  ];
}

function metricColumn(metric: Metric, { rows, judges }: Comparison, lines: readonly Line[]): Column {
  const { name } = metric;
  const decimals = decimalsFor(rows.flatMap(({ last, best }) => [last[name]?.mean ?? 0, best[name]?.mean ?? 0]));
  const hasMarks = rows.some(({ isBest }) => isBest.last.includes(name) || isBest.best.includes(name));
  const cells = lines.map(({ row, end }): Cell => {
    if (end === 'real') return { text: `${judges[0]!.floor[name]?.toFixed(decimals) ?? ''}${hasMarks ? '  ' : ''}`, colour: 'dim' };
    const text = formatSpread(row[end][name], { decimals, runs: row.runs.length });
    if (!hasMarks) return { text };
    return row.isBest[end].includes(name) ? { text: `${text} *`, colour: 'green' } : { text: `${text}  ` };
  });
  return { title: `${formatHead(metric)}${hasMarks ? '  ' : ''}`, isNumber: true, cells };
}

/** The mean over the runs. */
function costColumn(title: string, lines: readonly Line[], textOf: (row: ComparedPoint) => string): Column {
  return { title, isNumber: true, cells: lines.map(({ row, end }) => ({ text: end === 'last' ? textOf(row) : '' })) };
}

/** As many figures a block as fit beside the names of the rows; long names stand once, and their numbers in the other blocks. */
function divide(names: readonly Column[], figures: readonly Column[], columns: number): Column[][] {
  if (widthOf([...names, ...figures]) <= columns) return [[...names, ...figures]];
  const isShort = widthOf(names) <= columns / 2;
  const numbers = numberColumn(names);
  const repeated = isShort ? names : [numbers, ...names.slice(-1).filter(({ title }) => title === '')];
  const blocks: Column[][] = [];
  let block: readonly Column[] = isShort ? names : [numbers, ...names];
  let hasFigures = !isShort; // long names may stand alone
  for (const figure of figures) {
    if (hasFigures && widthOf([...block, figure]) > columns) {
      blocks.push([...block]);
      block = repeated;
    }
    block = [...block, figure];
    hasFigures = true;
  }
  return [...blocks, [...block]];
}

/** Numbers the points; the cells of other lines stay empty. */
function numberColumn([first]: readonly Column[]): Column {
  let number = 0;
  const cells = first!.cells.map(({ text, colour }) =>
    text === '' ? { text } : colour === 'dim' ? { text: 'real', colour } : { text: String(++number) },
  );
  return { title: '#', isNumber: false, cells };
}

function widthOf(block: readonly Column[]): number {
  const widthOfColumn = ({ title, cells }: Column) => Math.max(title.length, ...cells.map(({ text }) => text.length));
  return block.reduce((width, column) => width + widthOfColumn(column) + 2, -2);
}

function printBlock(block: readonly Column[], { columns, paint }: { columns: number; paint: Paint }): string[] {
  const rows = block[0]!.cells.map((_, line) => block.map(({ cells }) => cells[line]!));
  const right = block.flatMap(({ isNumber }, index) => (isNumber ? [index] : []));
  const text = formatTable(
    block.map(({ title }) => title),
    rows,
    { paint, right },
  );
  return text.split('\n').map((line) => cutLine(line.trimEnd(), columns));
}
