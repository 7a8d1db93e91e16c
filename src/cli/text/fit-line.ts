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
