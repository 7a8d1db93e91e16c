// The trained network at work: pictures to features and logits.

import type { Kernels } from '../../kernels/kernels.ts';
import { runningStatisticsNorm } from '../../networks/batch-norm.ts';
import type { Network } from '../../networks/network.ts';
import { classify, type OracleShape } from './network.ts';

/** What the oracle sees in pictures. */
export interface Judged {
  /** [count, featureSize] */
  features: Float32Array;
  /** [count, labels]: on where > 0 */
  logits: Float32Array;
  count: number;
}

/** Rows of all blocks, one block behind the other. */
export function joinRows(blocks: readonly Float32Array[]): Float32Array {
  const rows = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    rows.set(block, at);
    at += block.length;
  }
  return rows;
}

/** Pictures at once. */
const BATCH = 128;

/** pixels [count, S, S, 3] in [-1, 1] */
export async function judgePictures(
  k: Kernels,
  { shape, network }: { shape: OracleShape; network: Network },
  pixels: Float32Array,
): Promise<Judged> {
  const { imageSize, featureSize, labels } = shape;
  const pictureValues = imageSize * imageSize * 3;
  const count = pixels.length / pictureValues;
  const judged: Judged = { features: new Float32Array(count * featureSize), logits: new Float32Array(count * labels), count };
  const { parameters, state } = network;
  for (let from = 0; from < count; from += BATCH) {
    const batch = Math.min(BATCH, count - from);
    const results = k.scope(() => {
      const norm = runningStatisticsNorm(k, parameters, state);
      const pictures = k.tensorFloat32(pixels.subarray(from * pictureValues, (from + batch) * pictureValues), [
        batch,
        imageSize,
        imageSize,
        3,
      ]);
      const { features, logits } = classify({ k, shape, weights: parameters, norm }, pictures);
      return [features, logits];
    });
    const [features, logits] = await Promise.all(results.map((tensor) => k.read(tensor)));
    k.free(...results);
    judged.features.set(features!, from * featureSize);
    judged.logits.set(logits!, from * labels);
  }
  return judged;
}
