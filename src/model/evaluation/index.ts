// Every evaluator, in the order in which they are asked after an evaluated epoch. Register a new one here.

import type { Evaluator } from './evaluator.ts';
import { attributeAccuracy } from './metrics/attribute-accuracy.ts';
import { diversity } from './metrics/diversity.ts';
import { featuresDistance } from './metrics/features-distance.ts';
import { frechetDistance } from './metrics/frechet-distance.ts';
import { kernelDistance } from './metrics/kernel-distance.ts';
import { precisionRecall } from './metrics/precision-recall.ts';
import { slicedWasserstein } from './metrics/sliced-wasserstein.ts';

export const EVALUATORS: readonly Evaluator[] = [
  slicedWasserstein,
  attributeAccuracy,
  frechetDistance,
  kernelDistance,
  precisionRecall,
  diversity,
  featuresDistance,
];
