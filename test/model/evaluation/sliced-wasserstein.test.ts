import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { laplacianPyramid } from '../../../src/model/evaluation/metrics/laplacian-pyramid.ts';
import type { Multiply } from '../../../src/model/evaluation/metrics/multiply.ts';
import { createSlicedWasserstein } from '../../../src/model/evaluation/metrics/sliced-wasserstein.ts';

const multiply: Multiply = async (a, b, inner) => {
  const [rows, columns] = [a.length / inner, b.length / inner];
  const product = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += a[row * inner + i]! * b[column * inner + i]!;
      product[row * columns + column] = sum;
    }
  }
  return product;
};
const measure = { patches: 8, projections: 8, multiply };

/** Discs of random size and place on a slope of light: pictures with structure at every scale. */
function drawPictures(count: number, side: number, seed: number): Float32Array {
  const random = createRandom(seed, 'discs');
  const pictures = new Float32Array(count * side * side * 3);
  for (let picture = 0; picture < count; picture++) {
    const [x0, y0, radius] = [random.uniform() * side, random.uniform() * side, (0.1 + 0.3 * random.uniform()) * side];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const inside = Math.hypot(x - x0, y - y0) < radius;
        for (let c = 0; c < 3; c++) pictures[((picture * side + y) * side + x) * 3 + c] = inside ? 0.6 - 0.3 * c : (x / side) * 0.5 - 0.5;
      }
    }
  }
  return pictures;
}

/** The filter of the paper's code, written as it is defined: a 5x5 convolution over mirrored borders. */
function blur(picture: Float32Array, side: number, gain: number): Float32Array {
  const taps = [1, 4, 6, 4, 1].map((tap) => tap / 16);
  const mirror = (at: number) => (at < 0 ? -at : at >= side ? 2 * side - 2 - at : at);
  return Float32Array.from(picture, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++) sum += taps[dy + 2]! * taps[dx + 2]! * picture[(mirror(y + dy) * side + mirror(x + dx)) * 3 + c]!;
    return sum * gain;
  });
}

describe('the Laplacian pyramid', () => {
  it('is what the definition gives: each level what halving the picture and doubling it again loses', () => {
    const side = 32;
    const picture = drawPictures(1, side, 4);
    const blurred = blur(picture, side, 1);
    const small = new Float32Array(16 * 16 * 3);
    const stuffed = new Float32Array(side * side * 3);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        for (let c = 0; c < 3; c++) {
          const value = blurred[(2 * y * side + 2 * x) * 3 + c]!;
          small[(y * 16 + x) * 3 + c] = value;
          stuffed[(2 * y * side + 2 * x) * 3 + c] = value;
        }
      }
    }
    const doubled = blur(stuffed, side, 4);
    const [fine, coarse] = laplacianPyramid(picture, side);
    const furthest = (a: Float32Array, b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    expect([fine!.side, coarse!.side]).toEqual([32, 16]);
    expect(furthest(coarse!.values, small)).toBeLessThan(1e-6);
    expect(
      furthest(
        fine!.values,
        picture.map((value, i) => value - doubled[i]!),
      ),
    ).toBeLessThan(1e-6);
  });

  it('of a larger picture goes down to 16 pixels', () => {
    expect(laplacianPyramid(drawPictures(1, 128, 1), 128).map(({ side }) => side)).toEqual([128, 64, 32, 16]);
  });
});

describe('the sliced Wasserstein distance', () => {
  const side = 32;
  const real = drawPictures(48, side, 1);

  it('is zero for the same pictures and small for others of their kind', async () => {
    const distance = await createSlicedWasserstein(real, side, measure);
    const others = await distance(drawPictures(48, side, 2));
    expect(await distance(real)).toBe(0);
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan((await distance(new Float32Array(real.length))) / 2);
  });

  it('grows with whatever is wrong: blur, noise, brightness, contrast, all pictures alike', async () => {
    const distance = await createSlicedWasserstein(real, side, measure);
    const others = drawPictures(48, side, 2);
    const floor = await distance(others);
    const pictureValues = side * side * 3;
    const random = createRandom(3, 'noise');
    const blurred = new Float32Array(others.length);
    for (let at = 0; at < others.length; at += pictureValues) blurred.set(blur(others.subarray(at, at + pictureValues), side, 1), at);
    const wrong = {
      blurred,
      noisy: others.map((value) => value + 0.2 * random.normal()),
      bright: others.map((value) => value + 0.3),
      pale: others.map((value) => value * 0.5),
      alike: others.map((_, i) => others[i % pictureValues]!),
    };
    for (const [name, pictures] of Object.entries(wrong)) expect(await distance(pictures), name).toBeGreaterThan(floor * 1.25);
  });

  it('is the mean shift of the projections where every pixel is brighter by the same', async () => {
    const small = drawPictures(20, 16, 5); // one level
    const calls: Float32Array[][] = [];
    const remember: Multiply = (a, b, inner) => {
      calls.push([a.slice(), b.slice()]);
      return multiply(a, b, inner);
    };
    const distance = await createSlicedWasserstein(small, 16, { ...measure, multiply: remember });
    const brighter = await distance(small.map((value) => value + 0.25));
    const [[directions, patches], [, shifted]] = calls as [Float32Array[], Float32Array[]];
    const shift = [0, 1, 2].map((channel) => shifted![channel]! - patches![channel]!);
    for (const by of shift) expect(by).toBeGreaterThan(0.25); // in deviations, which are below 1
    let expected = 0;
    for (let start = 0; start < directions!.length; start += 147) {
      expected += Math.abs(directions!.subarray(start, start + 147).reduce((sum, value, i) => sum + value * shift[i % 3]!, 0));
    }
    expect(brighter).toBeCloseTo(expected / (directions!.length / 147), 4);
  });

  it('of pictures that are no numbers is no number', async () => {
    const distance = await createSlicedWasserstein(real, side, measure);
    expect(await distance(real.map(() => Number.NaN))).toBeNaN();
  });
});
