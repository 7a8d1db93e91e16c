// Pictures from bytes to numbers in [-1, 1], mirrored and turned on the way.

/** Counter-clockwise. */
export type QuarterTurns = 0 | 1 | 2 | 3;

/** Copies the picture that begins at `start` in both arrays. `flip` mirrors left and right, before the turn. */
export type PictureCopier = (start: number, flip: boolean, quarterTurns: QuarterTurns) => void;

interface Options {
  /** uint8 RGB, pictures of side x side pixels. */
  from: Uint8Array;
  to: Float32Array;
  side: number;
}

/** byte -> number: 0 is -1, 255 is 1. */
export const PICTURE_NUMBERS = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);
/** Kept as bit patterns: moving integers is faster than converting to double and back. */
const NUMBERS = new Int32Array(PICTURE_NUMBERS.buffer);

/**
 * Pixels are moved, never mixed: turning back gives the same picture. A closure over its arrays, because V8 then
 * compiles them in as constants, which halves the time.
 */
export function createPictureCopier({ from, to, side }: Options): PictureCopier {
  const bits = new Int32Array(to.buffer, to.byteOffset, to.length);
  const numbers = NUMBERS;
  const rowValues = side * 3;
  return (start, flip, quarterTurns) => {
    const { origin, right, down } = walkOf(side, flip, quarterTurns);
    const end = start + side * rowValues;
    let row = start + origin * 3;
    for (let at = start; at < end; row += down * 3) {
      let pixel = row;
      for (const rowEnd = at + rowValues; at < rowEnd; at += 3) {
        const red = from[pixel]!;
        const green = from[pixel + 1]!;
        const blue = from[pixel + 2]!;
        bits[at] = numbers[red]!;
        bits[at + 1] = numbers[green]!;
        bits[at + 2] = numbers[blue]!;
        pixel += right * 3;
      }
    }
  };
}

/** The row of listWalks by which a picture is mirrored and turned. */
export const walkNumber = (flip: boolean, quarterTurns: QuarterTurns): number => 2 * quarterTurns + Number(flip);

/** The eight walks over a picture: which pixel of the source comes at each place of the result, [8, side * side]. */
export function listWalks(side: number): Float32Array {
  const pixels = side * side;
  const walks = new Float32Array(8 * pixels);
  for (const quarterTurns of [0, 1, 2, 3] as const) {
    for (const flip of [false, true]) {
      const { origin, right, down } = walkOf(side, flip, quarterTurns);
      const start = walkNumber(flip, quarterTurns) * pixels;
      for (let i = 0; i < pixels; i++) walks[start + i] = origin + (i % side) * right + Math.floor(i / side) * down;
    }
  }
  return walks;
}

interface Walk {
  origin: number;
  right: number;
  down: number;
}

/** In pixels of the source: where the result's top left one lies, and how far a step to the right or down in the result goes there. */
function walkOf(side: number, flip: boolean, quarterTurns: QuarterTurns): Walk {
  const last = side - 1;
  const x = flip ? -1 : 1;
  const left = flip ? last : 0;
  if (quarterTurns === 1) return { origin: left + x * last, right: side, down: -x };
  if (quarterTurns === 2) return { origin: left + x * last + side * last, right: -x, down: -side };
  if (quarterTurns === 3) return { origin: left + side * last, right: -side, down: x };
  return { origin: left, right: x, down: side };
}
