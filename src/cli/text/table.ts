// (pure) A table of text, columns two spaces apart.

import type { Colour, Paint } from './paint.ts';

export interface Cell {
  text: string;
  colour?: Colour;
}

/** Columns as wide as their widest cell; the last one is not padded. `right` names the columns (from 0) of numbers. */
export function formatTable(head: string[], rows: Cell[][], { paint, right = [] }: { paint: Paint; right?: number[] }): string {
  const widths = head.map((title, column) => rows.reduce((width, row) => Math.max(width, row[column]!.text.length), title.length));
  const pad = (text: string, column: number) => {
    if (right.includes(column)) return text.padStart(widths[column]!);
    return column === head.length - 1 ? text : text.padEnd(widths[column]!);
  };
  const lines = rows.map((row) => row.map((cell, column) => paint(cell.colour, pad(cell.text, column))).join('  '));
  return [paint('dim', head.map(pad).join('  ').trimEnd()), ...lines].join('\n');
}
