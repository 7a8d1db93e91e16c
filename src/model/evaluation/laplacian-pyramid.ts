// Room: model/evaluation. The Laplacian pyramid of a picture (Burt and Adelson 1983): what each halving of its size loses.

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

/** Blurred with [1 4 6 4 1] / 16 both ways, every second pixel kept. Borders are mirrored about their last pixel. */
function halve(picture: Float32Array, side: number): Float32Array {
  const half = side / 2;
  const mirror = (at: number) => (at < 0 ? -at : at >= side ? 2 * side - 2 - at : at);
  const narrow = new Float32Array(side * half * 3);
  for (let x = 0; x < half; x++) {
    const [a, b, c, d, e] = [mirror(2 * x - 2), mirror(2 * x - 1), 2 * x, 2 * x + 1, mirror(2 * x + 2)].map((at) => at * 3);
    for (let y = 0; y < side; y++) {
      const row = y * side * 3;
      for (let i = row; i < row + 3; i++) {
        narrow[(y * half + x) * 3 + i - row] =
          (picture[i + a!]! + picture[i + e!]! + 4 * (picture[i + b!]! + picture[i + d!]!) + 6 * picture[i + c!]!) / 16;
      }
    }
  }
  const rowLength = half * 3;
  const small = new Float32Array(half * rowLength);
  for (let y = 0; y < half; y++) {
    const [a, b, c, d, e] = [mirror(2 * y - 2), mirror(2 * y - 1), 2 * y, 2 * y + 1, mirror(2 * y + 2)].map((at) => at * rowLength);
    for (let i = 0; i < rowLength; i++) {
      small[y * rowLength + i] = (narrow[i + a!]! + narrow[i + e!]! + 4 * (narrow[i + b!]! + narrow[i + d!]!) + 6 * narrow[i + c!]!) / 16;
    }
  }
  return small;
}

/** The reverse: zeros between the pixels, blurred with [1 4 6 4 1] / 8 both ways. */
function double(picture: Float32Array, side: number): Float32Array {
  const rowLength = side * 3;
  const tall = new Float32Array(2 * side * rowLength);
  for (let y = 0; y < side; y++) {
    const [above, here, below] = [y === 0 ? 1 : y - 1, y, Math.min(side - 1, y + 1)].map((at) => at * rowLength);
    for (let i = 0; i < rowLength; i++) {
      const [value, next] = [picture[here! + i]!, picture[below! + i]!];
      tall[2 * y * rowLength + i] = (picture[above! + i]! + 6 * value + next) / 8;
      tall[(2 * y + 1) * rowLength + i] = (value + next) / 2;
    }
  }
  const wide = new Float32Array(2 * tall.length);
  for (let x = 0; x < side; x++) {
    const [left, here, right] = [x === 0 ? 1 : x - 1, x, Math.min(side - 1, x + 1)].map((at) => at * 3);
    for (let y = 0; y < 2 * side; y++) {
      const row = y * rowLength;
      for (let i = 0; i < 3; i++) {
        const [value, next] = [tall[row + here! + i]!, tall[row + right! + i]!];
        wide[2 * row + 2 * x * 3 + i] = (tall[row + left! + i]! + 6 * value + next) / 8;
        wide[2 * row + (2 * x + 1) * 3 + i] = (value + next) / 2;
      }
    }
  }
  return wide;
}
