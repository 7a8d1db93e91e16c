// (pure) A line of coloured pieces, cut to the width of the terminal.

import type { Colour, Paint } from './paint.ts';

export interface Piece {
  text: string;
  colour?: Colour;
}

/** Cuts before painting, so that no colour code is cut in two. What was cut off shows as "…". */
export function fitLine(pieces: Piece[], columns: number, paint: Paint): string {
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  let room = length <= columns ? columns : columns - 1;
  const painted = pieces.map(({ text, colour }) => {
    const shown = text.slice(0, Math.max(0, room));
    room -= shown.length;
    return shown === '' ? '' : paint(colour, shown);
  });
  return painted.join('') + (length <= columns ? '' : '…');
}

/** Cuts a line whose colours may be open at the cut. */
export function cutLine(line: string, columns: number): string {
  return lengthOf(line) <= columns ? line : `${cutPainted(line, columns - 1)}…`;
}

function cutPainted(line: string, columns: number): string {
  let room = columns;
  const pieces = line.split(COLOUR_CODE); // the codes at the odd places
  return pieces
    .map((piece, index) => {
      if (index % 2 === 1) return piece;
      const shown = piece.slice(0, room);
      room -= shown.length;
      return shown;
    })
    .join('');
}

/** Columns that a line takes: its colours take none. */
export function lengthOf(line: string): number {
  return line.replaceAll(COLOUR_CODE, '').length;
}

const COLOUR_CODE = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`, 'g');
