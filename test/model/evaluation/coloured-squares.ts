// Pictures whose labels a tiny classifier learns in a few steps: a square that is red or not, and a background that is bright or not.

import { createRandom } from '../../../src/experiment/random.ts';
import type { BatchData } from '../../../src/model/data/batches.ts';
import type { EvaluationData } from '../../../src/model/evaluation/held-out.ts';
import { RECIPE, type Recipe } from '../../../src/model/evaluation/oracle/recipe.ts';

/** Learns them. */
export const TINY: Recipe = { ...RECIPE, width: 8, featureSize: 8, batchSize: 16, leastSteps: 60, mostSteps: 60 };

/** The square lies at the top, so that a turned picture can be told. */
export function colouredSquares(count: number, seed: number): BatchData {
  const side = 32;
  const random = createRandom(seed, 'squares');
  const pixels = new Uint8Array(count * side * side * 3);
  const labels = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const [isRed, isBright] = [random.uniform() < 0.5, random.uniform() < 0.3];
    labels.set([isRed ? 1 : 0, isBright ? 1 : 0, 0], i * 3);
    for (let at = 0; at < side * side; at++) {
      const [x, y] = [at % side, Math.floor(at / side)];
      const isInside = y > 4 && y < 14 && x > 8 && x < 24;
      const noise = random.integer(40);
      const colour = isInside ? [isRed ? 200 : 20, isRed ? 20 : 200, 40] : new Array<number>(3).fill(isBright ? 180 : 60);
      pixels.set(
        colour.map((value) => value + noise),
        (i * side * side + at) * 3,
      );
    }
  }
  const pictureBytes = side * side * 3;
  return {
    count,
    imageSize: side,
    attributes: ['Red', 'Bright', 'Never'],
    labels,
    readPictures(indices, into) {
      indices.forEach((from, to) => {
        into.set(pixels.subarray(from * pictureBytes, (from + 1) * pictureBytes), to * pictureBytes);
      });
    },
  };
}

export const squaresData = (): EvaluationData => ({
  oracleTraining: colouredSquares(96, 1),
  heldOut: colouredSquares(60, 2),
  kind: 'other seed',
  identity: 'coloured squares',
  close() {},
});
