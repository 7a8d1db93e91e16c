// Every evaluator, in the order in which they are asked after an evaluated epoch. Register a new one here.

import type { Evaluator } from './evaluator.ts';
import { slicedWasserstein } from './metrics/sliced-wasserstein.ts';

export const EVALUATORS: readonly Evaluator[] = [slicedWasserstein];
