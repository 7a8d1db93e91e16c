// Room: model/generation. Pictures of a generator as it is used after training: in inference mode, with running statistics.

import { generateForSampling } from '../networks/generator.ts';
import type { Trainer } from '../training/trainer.ts';

/** Pictures generated at once, to bound memory. */
const MOST_AT_ONCE = 64;

interface Asked {
  /** [count, latentSize] */
  noise: Float32Array;
  /** [count, conditions], 0 or 1 */
  labels: Float32Array;
}

/** [count, S, S, 3] in [-1, 1]. The networks and their statistics are left as they were. */
export async function generatePictures(trainer: Trainer, { noise, labels }: Asked): Promise<Float32Array> {
  const { k, shape } = trainer;
  const { latentSize, conditions, imageSize } = shape;
  const count = noise.length / latentSize;
  const pictureValues = imageSize ** 2 * 3;
  const pictures = new Float32Array(count * pictureValues);
  for (let first = 0; first < count; first += MOST_AT_ONCE) {
    const size = Math.min(MOST_AT_ONCE, count - first);
    const [made] = k.scope(() => {
      const z = k.tensor(noise.slice(first * latentSize, (first + size) * latentSize), [size, latentSize]);
      const y = k.tensor(labels.slice(first * conditions, (first + size) * conditions), [size, conditions]);
      return [generateForSampling({ k, shape, parameters: trainer.generator, statistics: trainer.generatorStatistics }, z, y)];
    });
    pictures.set(await k.read(made!), first * pictureValues);
    k.free(made!);
  }
  return pictures;
}
