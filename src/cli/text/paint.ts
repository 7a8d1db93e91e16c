// Colour, where the terminal shows it and nobody asked for none (NO_COLOR), and how wide the terminal is.

import pc from 'picocolors';

export type Colour = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (colour: Colour | undefined, text: string) => string;

export function createPaint(stream: { isTTY?: boolean }): Paint {
  const colours = pc.createColors(pc.isColorSupported && (stream.isTTY === true || 'FORCE_COLOR' in process.env));
  return (colour, text) => (colour === undefined ? text : colours[colour](text));
}

/** Columns of the terminal; Infinity where lines may be as long as they like, as in a pipe. */
export function terminalColumns(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
