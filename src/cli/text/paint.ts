// Colour, where the terminal shows it and nobody asked for none (NO_COLOR).

import pc from 'picocolors';

export type Colour = 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (colour: Colour | undefined, text: string) => string;

export function createPaint(stream: { isTTY?: boolean }): Paint {
  const colours = pc.createColors(pc.isColorSupported && (stream.isTTY === true || 'FORCE_COLOR' in process.env));
  return (colour, text) => (colour === undefined ? text : colours[colour](text));
}
