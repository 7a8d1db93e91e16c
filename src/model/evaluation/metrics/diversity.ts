// How much pictures that were asked for with the same labels differ.

import { type Evaluator, type Pictures, withValue } from '../evaluator.ts';
import { removeLabelEffect } from './label-effect.ts';
import { pairAlike } from './pairs.ts';

type Asked = Pick<Pictures, 'judged' | 'labels' | 'attributes' | 'count'>;

/** The real pictures, and how far those asked for alike are apart among the first so many of them. */
interface Reference {
  real: Asked;
  spreads: Map<number, number>;
}

/**
 * The mean distance between the features of two pictures with the same labels, divided by that of real pictures: 1 is as diverse as they
 * are within a condition, 0 one face a condition. A generator that ignores its labels may be above 1.
 *
 * With many attributes hardly two pictures have the same labels. Then those with the nearest labels are compared (pairs.ts), generated and
 * real ones alike, after what labels change in features is taken out: by a linear regression, of each set its own. That is not all that
 * labels change, so a generator that makes one face of each row of labels is a little above 0 there: compare figures only among runs of the
 * same attributes.
 *
 * Of each side as many pictures as the smaller one has, so that equally many have the same labels. In features and not in pixels, because
 * a checkerboard and noise differ in pixels and are no other face.
 */
export const diversity: Evaluator<Reference> = {
  names: ['diversity'],
  usesOracle: true,
  prepare: async ({ judged, labels, attributes, count }) => ({ real: { judged, labels, attributes, count }, spreads: new Map() }),
  async measure(generated, { real, spreads }) {
    const count = Math.min(real.count, generated.count);
    if (!spreads.has(count)) spreads.set(count, measureSpread(real, count));
    const value = measureSpread(generated, count) / spreads.get(count)!;
    return withValue('diversity', value);
  },
};

/** Of the first `count` pictures; NaN where there are no two. */
function measureSpread(pictures: Asked, count: number): number {
  const size = pictures.judged!.features.length / pictures.count;
  const features = pictures.judged!.features.subarray(0, count * size);
  const labels = pictures.labels.subarray(0, count * pictures.attributes.length);
  const rest = removeLabelEffect({ features, labels, count });
  const pairs = pairAlike(labels, count);
  let sum = 0;
  for (let at = 0; at < pairs.length; at += 2) {
    const [a, b] = [pairs[at]! * size, pairs[at + 1]! * size];
    let squared = 0;
    for (let i = 0; i < size; i++) squared += (rest[a + i]! - rest[b + i]!) ** 2;
    sum += Math.sqrt(squared);
  }
  return (2 * sum) / pairs.length;
}
