// (pure) A table of text, columns two spaces apart.

import type { Colour, Paint } from './paint.ts';

export interface Cell {
  text: string;
  colour?: Colour;
}

/** Columns as wide as their widest cell; the last one is not padded. `right` names the columns (from 0) of numbers. No head for null. */
export function formatTable(head: string[] | null, rows: Cell[][], { paint, right = [] }: { paint: Paint; right?: number[] }): string {
  const count = (head ?? rows[0] ?? []).length;
  const widths = Array.from({ length: count }, (_, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]!.text.length), head === null ? 0 : head[column]!.length),
  );
  const pad = (text: string, column: number) => {
    if (right.includes(column)) return text.padStart(widths[column]!);
    return column === count - 1 ? text : text.padEnd(widths[column]!);
  };
  const lines = rows.map((row) => row.map((cell, column) => paint(cell.colour, pad(cell.text, column))).join('  '));
  return [...(head ? [paint('dim', head.map(pad).join('  ').trimEnd())] : []), ...lines].join('\n');
}

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
