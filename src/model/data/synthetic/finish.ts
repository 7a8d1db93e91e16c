// Room: model/data. What a camera adds to a drawn face: light from one side, blur, noise. Works on RGB bytes in place.

import { createRandom } from '../../../experiment/random.ts';
import type { FaceTraits } from './traits.ts';

const NOISE = makeNoise(1 << 16);

/** `tile` is uint8, [side, side, 3]. */
export function finishFace(tile: Uint8ClampedArray, side: number, traits: FaceTraits): void {
  if (traits.labels.Blurry) blur(tile, side, (1.6 * side) / 64);
  const { angleRadians, strength } = traits.light;
  const alongX = (strength * Math.cos(angleRadians) * 2) / side;
  const alongY = (strength * Math.sin(angleRadians) * 2) / side;
  const level = traits.noise.level / 256;
  let grain = traits.noise.offset;
  let i = 0;
  for (let y = 0; y < side; y++) {
    let gain = 1 + alongY * (y - side / 2) - (alongX * side) / 2;
    for (let x = 0; x < side; x++) {
      tile[i] = tile[i]! * gain + level * NOISE[grain & 0xffff]!;
      tile[i + 1] = tile[i + 1]! * gain + level * NOISE[(grain + 1) & 0xffff]!;
      tile[i + 2] = tile[i + 2]! * gain + level * NOISE[(grain + 2) & 0xffff]!;
      gain += alongX;
      grain += 3;
      i += 3;
    }
  }
}

/** Standard normal numbers times 256, drawn once: a picture starts somewhere in them. */
function makeNoise(length: number): Int16Array {
  const random = createRandom(0, 'synthetic', 'noise');
  return Int16Array.from({ length }, () => Math.round(256 * random.normal()));
}

/** Gaussian blur, by rows and then by columns, with the edge repeated. */
function blur(tile: Uint8ClampedArray, side: number, sigma: number): void {
  const reach = Math.ceil(2.5 * sigma);
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  const rows = new Float32Array(tile.length);
  convolve(tile, rows, { side, step: 3, line: 3 * side, weights, sum });
  convolve(rows, tile, { side, step: 3 * side, line: 3, weights, sum });
}

function convolve(
  from: ArrayLike<number>,
  to: Float32Array | Uint8ClampedArray,
  { side, step, line, weights, sum }: { side: number; step: number; line: number; weights: Float32Array; sum: number },
): void {
  const reach = (weights.length - 1) / 2;
  for (let l = 0; l < side; l++) {
    for (let p = 0; p < side; p++) {
      for (let c = 0; c < 3; c++) {
        let value = 0;
        for (let k = -reach; k <= reach; k++) {
          const at = Math.max(0, Math.min(side - 1, p + k));
          value += weights[k + reach]! * from[l * line + at * step + c]!;
        }
        to[l * line + p * step + c] = value / sum;
      }
    }
  }
}
