// A generator as it is used after training: with running statistics, in batches that bound memory.

import type { Kernels } from '../kernels/kernels.ts';
import { runningStatisticsNorm } from '../networks/batch-norm.ts';
import { generate } from '../networks/generator.ts';
import type { SampledPart } from '../networks/network.ts';
import type { NetworkShape } from '../networks/shape.ts';

/** Pictures generated at once. */
const BATCH = 64;

export interface Generator {
  readonly shape: NetworkShape;
  /** Names of the label bits, in their order. */
  readonly conditions: readonly string[];
  /** z [count, latentSize], y [count, conditions] of 0 and 1 -> [count, S, S, 3] in [-1, 1]. Changes nothing. */
  sample(z: Float32Array, y: Float32Array): Promise<Float32Array>;
}

interface Parts {
  shape: NetworkShape;
  conditions: readonly string[];
  /** As it is when pictures are asked for, in training too: there it is `sampledPart` of the generator. */
  network: SampledPart;
}

export function createGenerator(k: Kernels, { shape, conditions, network }: Parts): Generator {
  const pictureValues = shape.imageSize ** 2 * 3;

  async function sampleBatch(z: Float32Array, y: Float32Array): Promise<Float32Array> {
    const count = z.length / shape.latentSize;
    const { parameters: weights, state, isAverage } = network;
    const norm = runningStatisticsNorm(k, weights, state);
    const [made] = k.scope(() => {
      const [noise, labels] = [k.tensor(z, [count, shape.latentSize]), k.tensor(y, [count, shape.conditions])];
      return [generate({ k, shape, weights, norm, isEven: isAverage }, noise, labels)];
    });
    const pictures = await k.read(made!);
    k.free(made!);
    return pictures;
  }

  return {
    shape,
    conditions,
    async sample(z, y) {
      const count = z.length / shape.latentSize;
      const pictures = new Float32Array(count * pictureValues);
      for (let first = 0; first < count; first += BATCH) {
        const last = Math.min(count, first + BATCH);
        const batch = await sampleBatch(
          z.slice(first * shape.latentSize, last * shape.latentSize),
          y.slice(first * shape.conditions, last * shape.conditions),
        );
        pictures.set(batch, first * pictureValues);
      }
      return pictures;
    },
  };
}
