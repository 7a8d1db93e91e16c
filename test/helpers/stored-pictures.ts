// Steps on pictures in memory, which lie on the device as bytes or come from the host.

import { expect } from 'vitest';
import { createRandom } from '../../src/experiment/random.ts';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { asPictureSource, type BatchData, createBatches } from '../../src/model/data/batches.ts';
import type { Kernels } from '../../src/model/kernels/kernels.ts';
import type { NetworkShape } from '../../src/model/networks/shape.ts';
import { trainLoop } from '../../src/model/training/loop.ts';
import { createTrainer } from '../../src/model/training/trainer.ts';

export const SIDE = 32;

/** Pictures of chance in memory, in which every byte occurs; labels are bits of a picture's number. */
export function packedOf(count: number, side: number = SIDE): BatchData {
  const random = createRandom(1, 'stored pictures');
  const each = side ** 2 * 3;
  const pixels = Uint8Array.from({ length: count * each }, () => random.integer(256));
  return {
    count,
    imageSize: side as 32,
    attributes: ['A', 'B'],
    labels: Uint8Array.from({ length: count * 2 }, (_, i) => (Math.floor(i / 2) >> (i % 2)) & 1),
    readPictures(indices, into) {
      for (const [i, picture] of indices.entries()) into.set(pixels.subarray(picture * each, (picture + 1) * each), i * each);
    },
  };
}

export const storedShape: NetworkShape = { imageSize: SIDE, width: 4, latentSize: 6, conditions: 3 };
const { training } = runConfigSchema.parse({
  attributes: ['A', 'B'],
  dataset: { source: 'synthetic' },
  training: { epochs: 1, batchSize: 4, learningRate: 1e-3, adamBeta1: 0.5 },
});

/** Weights after an epoch of batches of four, with pictures mirrored and turned. */
export async function trainOnPictures(k: Kernels, place: 'device' | 'host', count = 19): Promise<Map<string, Float32Array>> {
  const packed = packedOf(count);
  const augmentation = { horizontalFlip: true, rotations: [270] as 270[], rotationProbability: 0.5 };
  const batches = createBatches({ packed, attributes: ['A', 'B'], augmentation, batchSize: 4, seed: 1 });
  const stored = place === 'device' ? k.storePictures(asPictureSource(packed)) : null;
  expect(stored !== null).toBe(place === 'device');
  const trainer = createTrainer(k, storedShape, 1, { stored });
  const nothing = async () => {};
  await trainLoop({
    trainer,
    batches,
    training,
    checkpointEverySeconds: undefined,
    from: { step: 0, seconds: 0 },
    onMetrics: () => {},
    onEpoch: nothing,
    onCheckpoint: nothing,
    shouldStop: () => false,
  });
  const weights = new Map([...(await trainer.generator.parameters.export()), ...(await trainer.discriminator.parameters.export())]);
  expect([...weights.values()].every((values) => values.every(Number.isFinite))).toBe(true);
  return weights;
}
