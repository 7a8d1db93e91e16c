// What a trained generator is worth: its pictures beside real ones of the same labels, as every evaluator of index.ts sees them.

import { createRandom, shuffle } from '../../experiment/random.ts';
import type { BatchData } from '../data/batches.ts';
import { columnOf } from '../data/statistics.ts';
import type { Generator } from '../generation/generator.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Evaluator, Pictures } from './evaluator.ts';
import { EVALUATORS } from './index.ts';

/** Enough to tell epochs apart, cheap enough for each of them: docs/decisions/009-evaluation.md has the figures. */
const MOST_PICTURES = 256;

export interface Evaluation {
  /** The values of all evaluators, by the metric's name. */
  evaluate(generator: Generator): Promise<Record<string, number>>;
}

interface Options {
  k: Kernels;
  packed: BatchData;
  attributes: readonly string[];
  /** The run's: decides the noise. */
  seed: number;
  evaluators?: readonly Evaluator[];
}

/**
 * Compares with a fixed random subset of the pictures, the same in every run on the same data, upright and as they are; the
 * generator is asked for its labels. Noise is the same at each evaluation, so that epochs differ by the generator alone.
 */
export function createEvaluation({ k, packed, attributes, seed, evaluators = EVALUATORS }: Options): Evaluation {
  const indices = chooseSubset(packed.count);
  const count = indices.length;
  const { imageSize } = packed;
  let prepared: unknown[] | undefined; // made when it is first needed: that takes a moment
  return {
    async evaluate({ shape, sample }) {
      const labels = readLabels(packed, { indices, attributes });
      if (prepared === undefined) {
        const real: Pictures = { pixels: readPixels(packed, indices), labels, count, imageSize, attributes };
        prepared = await inTurn(evaluators, (evaluator) => evaluator.prepare(real, k));
      }
      const noise = drawNoise(count * shape.latentSize, seed);
      const asked = addOrientations(labels, { attributes: attributes.length, conditions: shape.conditions });
      const pixels = await sample(noise, asked);
      const generated: Pictures = { pixels, labels, count, imageSize, attributes };
      const values = await inTurn(evaluators, (evaluator, i) => evaluator.measure(generated, prepared![i], k));
      return Object.assign({}, ...values);
    },
  };
}

async function inTurn<T>(evaluators: readonly Evaluator[], ask: (evaluator: Evaluator, index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const [index, evaluator] of evaluators.entries()) answers.push(await ask(evaluator, index));
  return answers;
}

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

/** [count, attributes] */
function readLabels(packed: BatchData, { indices, attributes }: { indices: Uint32Array; attributes: readonly string[] }): Float32Array {
  const labels = new Float32Array(indices.length * attributes.length);
  attributes.forEach((name, bit) => {
    const column = columnOf(packed.attributes, name);
    for (let i = 0; i < indices.length; i++) {
      labels[i * attributes.length + bit] = packed.labels[indices[i]! * packed.attributes.length + column]!;
    }
  });
  return labels;
}

/** [count, conditions]: the attributes' bits, then those of the orientations, which stay zero for upright. */
function addOrientations(labels: Float32Array, { attributes, conditions }: { attributes: number; conditions: number }): Float32Array {
  const count = labels.length / attributes;
  const asked = new Float32Array(count * conditions);
  for (let i = 0; i < count; i++) asked.set(labels.subarray(i * attributes, (i + 1) * attributes), i * conditions);
  return asked;
}

function drawNoise(count: number, seed: number): Float32Array {
  const random = createRandom(seed, 'evaluation', 'noise');
  return Float32Array.from({ length: count }, () => random.normal());
}
