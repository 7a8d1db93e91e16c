// What a generator is worth by evaluators that look at few pictures: its own beside real ones of the same labels.

import type { BatchData } from '../data/batches.ts';
import type { Generator } from '../generation/generator.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Evaluator, Pictures } from './evaluator.ts';
import { EVALUATORS } from './index.ts';
import { addOrientations, chooseSubset, createNoise, readLabels, readPixels } from './requests.ts';

/** Enough to tell epochs apart, cheap enough for each of them: docs/decisions/009-evaluation.md has the figures. */
const MOST_PICTURES = 256;

export interface Evaluation {
  /** Pictures on each side. */
  readonly count: number;
  /** The values of all evaluators that use no oracle, by the metric's name. */
  evaluate(generator: Generator): Promise<Record<string, number>>;
}

interface Options {
  k: Kernels;
  packed: BatchData;
  attributes: readonly string[];
  evaluators?: readonly Evaluator[];
}

/**
 * Compares with a fixed random subset of the pictures, upright and as they are; the generator is asked for its labels. Pictures and noise
 * are the same at each evaluation and in every run on the same data, so that values differ by the generator alone.
 */
export function createEvaluation({ k, packed, attributes, evaluators = EVALUATORS }: Options): Evaluation {
  const own = evaluators.filter(({ usesOracle }) => !usesOracle);
  const indices = chooseSubset(packed.count, MOST_PICTURES);
  const count = indices.length;
  const { imageSize } = packed;
  let prepared: unknown[] | undefined; // made when it is first needed: that takes a moment
  return {
    count,
    async evaluate({ shape, sample }) {
      const labels = readLabels(packed, { indices, attributes });
      if (prepared === undefined) {
        const real: Pictures = { pixels: readPixels(packed, indices), labels, count, imageSize, attributes };
        prepared = await inTurn(own, (evaluator) => evaluator.prepare(real, k));
      }
      const noise = createNoise('noise')(count * shape.latentSize);
      const asked = addOrientations(labels, { attributes: attributes.length, conditions: shape.conditions, orientation: 'upright' });
      const pixels = await sample(noise, asked);
      const generated: Pictures = { pixels, labels, count, imageSize, attributes };
      const values = await inTurn(own, (evaluator, i) => evaluator.measure(generated, prepared![i], k));
      return Object.assign({}, ...values);
    },
  };
}

export async function inTurn<T>(evaluators: readonly Evaluator[], ask: (evaluator: Evaluator, index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const [index, evaluator] of evaluators.entries()) answers.push(await ask(evaluator, index));
  return answers;
}
