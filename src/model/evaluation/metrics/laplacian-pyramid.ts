// The Laplacian pyramid of a picture (Burt and Adelson 1983): what each halving of its size loses.

/** The side of the smallest level. Karras et al. 2018 end there too. */
const SMALLEST_SIDE = 16;

export interface Level {
  side: number;
  /** [side, side, 3] */
  values: Float32Array;
}

/** The sides of the levels, finest first: 64 -> 64, 32, 16. */
export function pyramidSides(side: number): number[] {
  return side <= SMALLEST_SIDE ? [side] : [side, ...pyramidSides(side / 2)];
}

/** picture [side, side, 3] -> its levels, finest first; the last is the picture itself, made small. They add up to the picture. */
export function laplacianPyramid(picture: Float32Array, side: number): Level[] {
  if (side <= SMALLEST_SIDE) return [{ side, values: picture }];
  const small = halve(picture, side);
  const values = double(small, side / 2);
  for (let i = 0; i < values.length; i++) values[i] = picture[i]! - values[i]!;
  return [{ side, values }, ...laplacianPyramid(small, side / 2)];
}

function halve(picture: Float32Array, side: number): Float32Array {
  const narrow = halveAxis(picture, { length: side, inner: 3 });
  return halveAxis(narrow, { length: side, inner: (side / 2) * 3 });
}

function double(picture: Float32Array, side: number): Float32Array {
  const tall = doubleAxis(picture, { length: side, inner: side * 3 });
  return doubleAxis(tall, { length: side, inner: 3 });
}

/** One axis of an array [.., length, inner]. */
interface Axis {
  length: number;
  inner: number;
}

/** Blurred with [1 4 6 4 1] / 16, every second value kept. Borders are mirrored about the last value. */
function halveAxis(from: Float32Array, { length, inner }: Axis): Float32Array {
  const to = new Float32Array(from.length / 2);
  const mirror = (at: number) => (at < 0 ? -at : at >= length ? 2 * length - 2 - at : at) * inner;
  for (let start = 0; start < from.length; start += length * inner) {
    for (let half = 0; half < length / 2; half++) {
      const a = start + mirror(2 * half - 2);
      const b = start + mirror(2 * half - 1);
      const c = start + mirror(2 * half);
      const d = start + mirror(2 * half + 1);
      const e = start + mirror(2 * half + 2);
      const out = start / 2 + half * inner;
      for (let i = 0; i < inner; i++) {
        to[out + i] = (from[a + i]! + from[e + i]! + 4 * (from[b + i]! + from[d + i]!) + 6 * from[c + i]!) / 16;
      }
    }
  }
  return to;
}

/** Zeros between the values, blurred with [1 4 6 4 1] / 8. */
function doubleAxis(from: Float32Array, { length, inner }: Axis): Float32Array {
  const to = new Float32Array(from.length * 2);
  for (let start = 0; start < from.length; start += length * inner) {
    for (let at = 0; at < length; at++) {
      const before = start + (at === 0 ? 1 : at - 1) * inner;
      const here = start + at * inner;
      const after = start + Math.min(length - 1, at + 1) * inner;
      const out = 2 * here;
      for (let i = 0; i < inner; i++) {
        const value = from[here + i]!;
        const next = from[after + i]!;
        to[out + i] = (from[before + i]! + 6 * value + next) / 8;
        to[out + inner + i] = (value + next) / 2;
      }
    }
  }
  return to;
}
