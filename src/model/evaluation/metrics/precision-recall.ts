// Whether generated pictures lie where real ones do (precision, density), and reach everywhere where real ones do (recall, coverage).

import type { Evaluator, Pictures } from '../evaluator.ts';
import { type Multiply, multiplyOn } from './multiply.ts';
import { eachRow, findRadii, type Points } from './neighbourhoods.ts';

/** A picture's neighbourhood reaches to its k-th nearest one, as in both papers. */
const K = 5;

/** The real pictures, and the reach of their neighbourhoods among the first so many of them. */
export interface Neighbourhoods {
  real: Points;
  radii: Map<number, Float64Array>;
}

export const precisionRecall: Evaluator<Neighbourhoods> = {
  names: ['precision', 'recall', 'density', 'coverage'],
  usesOracle: true,
  prepare: async (real) => ({ real: pointsOf(real), radii: new Map() }),
  async measure(generated, { real, radii }, k) {
    const count = Math.min(real.count, generated.count);
    const [made, given] = [firstOf(pointsOf(generated), count), firstOf(real, count)];
    if (count <= K || !made.values.every(Number.isFinite)) return {};
    const multiply = multiplyOn(k);
    if (!radii.has(count)) radii.set(count, await findRadii(given, K, multiply));
    return measureNeighbourhoods(made, given, { radii: radii.get(count)!, multiply });
  },
};

/**
 * The real neighbourhoods are the balls around real features that reach to their k-th nearest one; the generated ones likewise.
 * Kynkäänniemi et al. 2019, "Improved precision and recall metric", section 2: precision is the share of generated pictures in any real
 * neighbourhood, recall that of real pictures in any generated one.
 * Naeem et al. 2020, "Reliable fidelity and diversity metrics", section 3: density is the mean number of real neighbourhoods around a
 * generated picture divided by k, so one far-off real picture with a large neighbourhood counts little; coverage is the share of real
 * neighbourhoods with a generated picture in them.
 *
 * As in the papers both sets have equally many pictures: as many as the smaller one, the first ones of the other. Values for different
 * numbers of pictures do not compare.
 */
async function measureNeighbourhoods(
  generated: Points,
  real: Points,
  { radii, multiply }: { radii: Float64Array; multiply: Multiply },
): Promise<Record<'precision' | 'recall' | 'density' | 'coverage', number>> {
  const generatedRadii = await findRadii(generated, K, multiply);
  const isCovered = new Uint8Array(real.count); // its neighbourhood has a generated picture
  const isReached = new Uint8Array(real.count); // it lies in a generated neighbourhood
  let inside = 0;
  let neighbourhoods = 0;
  await eachRow(generated, real, multiply, (i, distances) => {
    const before = neighbourhoods;
    const radius = generatedRadii[i]!;
    for (let j = 0; j < distances.length; j++) {
      const distance = distances[j]!;
      if (distance <= radius) isReached[j] = 1;
      if (distance > radii[j]!) continue;
      isCovered[j] = 1;
      neighbourhoods++;
    }
    if (neighbourhoods > before) inside++;
  });
  const shareOf = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return {
    precision: inside / generated.count,
    recall: shareOf(isReached),
    density: neighbourhoods / (K * generated.count),
    coverage: shareOf(isCovered),
  };
}

function pointsOf({ judged, count }: Pictures): Points {
  return { values: judged!.features, count, size: judged!.features.length / count };
}

function firstOf({ values, size }: Points, count: number): Points {
  return { values: values.subarray(0, count * size), count, size };
}
