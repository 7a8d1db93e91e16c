// (pure) A table of text, columns two spaces apart.

import type { Colour, Paint } from './paint.ts';

export interface Cell {
  text: string;
  colour?: Colour;
}

interface TableOptions {
  paint: Paint;
  /** The columns (from 0) of numbers, which are never cut. */
  right?: number[];
  /** Of the terminal: where the table is wider, the widest texts are cut. */
  columns?: number;
  /** Texts go on below, in their column, instead of being cut. */
  wraps?: boolean;
}

/** Columns as wide as their widest cell; the last one is not padded. No head for null. */
export function formatTable(
  head: string[] | null,
  rows: Cell[][],
  { paint, right = [], columns = Infinity, wraps = false }: TableOptions,
): string {
  const count = (head ?? rows[0] ?? []).length;
  const needed = Array.from({ length: count }, (_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]!.text.length), head === null ? 0 : head[column]!.length),
  );
  const widths = narrow(needed, right, columns);
  const pad = (text: string, column: number) => {
    const width = widths[column]!;
    const shown = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    if (right.includes(column)) return shown.padStart(width);
    return column === count - 1 ? shown : shown.padEnd(width);
  };
  const linesOf = (row: Cell[]) => (wraps ? wrapRow(row, widths) : [row]);
  const lines = rows.flatMap(linesOf).map((row) => row.map((cell, column) => paint(cell.colour, pad(cell.text, column))).join('  '));
  return [...(head ? [paint('dim', head.map(pad).join('  ').trimEnd())] : []), ...lines].join('\n');
}

function wrapRow(row: Cell[], widths: readonly number[]): Cell[][] {
  const texts = row.map(({ text }, column) => wrapWords(text, widths[column]!));
  const height = texts.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, line) => row.map((cell, column) => ({ ...cell, text: texts[column]![line] ?? '' })));
}

/** Lines of at most `width` characters, broken at blanks; a longer word is broken where it must be. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length <= width) {
      line = next;
      continue;
    }
    if (line !== '') lines.push(line);
    for (line = word; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}

/** Takes from the widest column of text until all fit, but leaves each some room. */
function narrow(needed: readonly number[], right: readonly number[], columns: number): number[] {
  const widths = [...needed];
  const isText = (column: number) => !right.includes(column) && widths[column]! > LEAST_WIDTH;
  for (let excess = widths.reduce((sum, width) => sum + width + 2, -2) - columns; excess > 0; excess--) {
    const texts = widths.flatMap((width, column) => (isText(column) ? [{ width, column }] : []));
    if (texts.length === 0) break;
    const { column } = texts.reduce((widest, each) => (each.width > widest.width ? each : widest));
    widths[column]!--;
  }
  return widths;
}

const LEAST_WIDTH = 6;

/** Of columns two spaces apart those that fit into the terminal. Where not all do, those of `dispensable` go, the first one first. */
export function chooseFitting(
  names: readonly string[],
  { columns, widthOf, dispensable }: { columns: number; widthOf: (name: string) => number; dispensable: readonly string[] },
): string[] {
  let chosen = [...names];
  for (const name of dispensable) {
    if (chosen.reduce((sum, each) => sum + widthOf(each) + 2, -2) > columns) chosen = chosen.filter((each) => each !== name);
  }
  return chosen;
}
