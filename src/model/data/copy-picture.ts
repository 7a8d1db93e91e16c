// Room: model/data. One picture from bytes to numbers in [-1, 1], mirrored and turned on the way.

/** Counter-clockwise. */
export type QuarterTurns = 0 | 1 | 2 | 3;

interface Options {
  /** uint8 RGB; the picture begins at `start`, in both arrays. */
  from: Uint8Array;
  to: Float32Array;
  start: number;
  side: number;
  /** Mirror left and right, before the turn. */
  flip: boolean;
  quarterTurns: QuarterTurns;
}

/** byte -> number: 0 is -1, 255 is 1. */
const NUMBERS = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

/** Pixels are moved, never mixed: turning back gives the same picture. */
export function copyPicture({ from, to, start, side, flip, quarterTurns }: Options): void {
  if (!flip && quarterTurns === 0) {
    for (let i = start, end = start + side * side * 3; i < end; i++) to[i] = NUMBERS[from[i]!]!;
    return;
  }
  const { origin, right, down } = walkOf(side, flip, quarterTurns);
  let at = start;
  for (let y = 0; y < side; y++) {
    let pixel = start + (origin + y * down) * 3;
    for (let x = 0; x < side; x++, at += 3, pixel += right * 3) {
      to[at] = NUMBERS[from[pixel]!]!;
      to[at + 1] = NUMBERS[from[pixel + 1]!]!;
      to[at + 2] = NUMBERS[from[pixel + 2]!]!;
    }
  }
}

/** Where in the source the result's top left pixel lies, and how far one moves there for a step to the right or down. */
function walkOf(side: number, flip: boolean, quarterTurns: QuarterTurns): { origin: number; right: number; down: number } {
  const last = side - 1;
  // [x, y] of the source for the result's origin, and the directions of its x and y axes in the source
  const turned = [
    { origin: [0, 0], right: [1, 0], down: [0, 1] },
    { origin: [last, 0], right: [0, 1], down: [-1, 0] },
    { origin: [last, last], right: [-1, 0], down: [0, -1] },
    { origin: [0, last], right: [0, -1], down: [1, 0] },
  ][quarterTurns]!;
  const mirror = flip ? -1 : 1;
  const toOffset = ([x, y]: number[]) => mirror * x! + side * y!;
  return {
    origin: (flip ? last : 0) + toOffset(turned.origin),
    right: toOffset(turned.right),
    down: toOffset(turned.down),
  };
}
