// Room: model/evaluation. What a trained generator is worth: how far its pictures are from real ones of the same labels.

import { createRandom, shuffle } from '../../experiment/random.ts';
import type { EvaluationRecord } from '../../results/records.ts';
import type { BatchData } from '../data/batches.ts';
import { columnOf } from '../data/statistics.ts';
import { generatePictures } from '../generation/generate-pictures.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Trainer } from '../training/trainer.ts';
import { createSlicedWasserstein, type Distance, type Multiply } from './sliced-wasserstein.ts';

/** Enough to tell epochs apart, cheap enough for each of them: docs/decisions/009-evaluation.md has the figures. */
const MOST_PICTURES = 256;
const MEASURE = { patches: 16, projections: 64 };

export interface Evaluator {
  /** The networks and their statistics are left as they were. */
  evaluate(trainer: Trainer): Promise<Pick<EvaluationRecord, 'slicedWasserstein'>>;
}

interface Options {
  packed: BatchData;
  attributes: readonly string[];
  /** The run's: decides the noise. */
  seed: number;
}

/**
 * Compares with a fixed random subset of the pictures, the same in every run on the same data, upright and as they are; the
 * generator is asked for its labels. Noise is the same at each evaluation, so that epochs differ by the generator alone.
 */
export function createEvaluator({ packed, attributes, seed }: Options): Evaluator {
  const indices = chooseSubset(packed.count);
  let distance: Distance | undefined; // once it is needed: making it takes a moment
  return {
    async evaluate(trainer) {
      const measure = { ...MEASURE, multiply: multiplyOn(trainer.k) };
      distance ??= await createSlicedWasserstein(readPixels(packed, indices), packed.imageSize, measure);
      const noise = drawNoise(indices.length * trainer.shape.latentSize, seed);
      const labels = readLabels(packed, { indices, attributes, conditions: trainer.shape.conditions });
      return { slicedWasserstein: await distance(await generatePictures(trainer, { noise, labels })) };
    },
  };
}

const multiplyOn =
  (k: Kernels): Multiply =>
  async (a, b, inner) => {
    const [product] = k.scope(() => {
      const rows = (values: Float32Array) => k.tensorFloat32(values, [values.length / inner, inner]);
      return [k.matMul(rows(a), rows(b), { transposeB: true })];
    });
    const values = await k.read(product!);
    k.free(product!);
    return values;
  };

function chooseSubset(count: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return shuffle(all, createRandom(0, 'evaluation', 'pictures')).slice(0, MOST_PICTURES);
}

/** [count, S, S, 3] in [-1, 1] */
function readPixels(packed: BatchData, indices: Uint32Array): Float32Array {
  const bytes = new Uint8Array(indices.length * packed.imageSize ** 2 * 3);
  packed.readPictures(indices, bytes);
  return Float32Array.from(bytes, (byte) => byte / 127.5 - 1);
}

/** [count, conditions]: the attributes' bits; those of orientations stay zero, which is upright. */
function readLabels(
  packed: BatchData,
  { indices, attributes, conditions }: { indices: Uint32Array; attributes: readonly string[]; conditions: number },
): Float32Array {
  const labels = new Float32Array(indices.length * conditions);
  attributes.forEach((name, bit) => {
    const column = columnOf(packed.attributes, name);
    for (let i = 0; i < indices.length; i++) labels[i * conditions + bit] = packed.labels[indices[i]! * packed.attributes.length + column]!;
  });
  return labels;
}

function drawNoise(count: number, seed: number): Float32Array {
  const random = createRandom(seed, 'evaluation', 'noise');
  return Float32Array.from({ length: count }, () => random.normal());
}
