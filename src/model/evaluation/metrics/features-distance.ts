// The distances once more, in the features of the network that a run names: evaluation.features.

import { type Evaluator, withValue } from '../evaluator.ts';
import { fitReference, type Gaussian, measureFrechet } from './frechet-distance.ts';
import { type KernelReference, measureKernelDistance, prepareKernelDistance } from './kernel-distance.ts';
import { multiplyOn } from './multiply.ts';

interface Reference {
  gaussian: Gaussian | null;
  blocks: KernelReference;
}

/** Nothing where a run names no network. */
export const featuresDistance: Evaluator<Reference | null> = {
  names: ['featuresFrechetDistance', 'featuresKernelDistance'],
  usesOracle: true,
  async prepare({ features, count }, k) {
    if (features === undefined) return null;
    return { gaussian: fitReference(features, count), blocks: await prepareKernelDistance(features, count, multiplyOn(k)) };
  },
  async measure({ features, count }, reference, k) {
    if (features === undefined || reference === null) return {};
    const kernel = await measureKernelDistance(features, count, { reference: reference.blocks, multiply: multiplyOn(k) });
    return {
      ...withValue('featuresFrechetDistance', measureFrechet(features, count, reference.gaussian)),
      ...withValue('featuresKernelDistance', kernel),
    };
  },
};
