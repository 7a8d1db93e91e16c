// (pure) When and by what the pictures of a run are judged, as its `evaluation` section says.

import { needsOracle } from './metrics.ts';
import type { EvaluationConfig, RunConfig } from './schema/schema.ts';

/** From so many pictures on, counted anew in each epoch, the classifier costs little beside the training: `oracle: auto`. */
const LEAST_PICTURES_SHOWN = 60_000;
/** Without `every`, a run has so many evaluations by the classifier. */
const EVALUATIONS = 5;

/**
 * Whether a classifier of the attributes judges the run. auto: where training shows the networks enough pictures, or the best checkpoint
 * is chosen by what only the classifier tells. `pictures`: those that are trained on, once an epoch each.
 */
export function usesOracle(
  { oracle, bestBy }: Pick<EvaluationConfig, 'oracle' | 'bestBy'>,
  { epochs, pictures }: { epochs: number; pictures: number },
): boolean {
  return oracle === 'auto' ? needsOracle(bestBy) || epochs * pictures >= LEAST_PICTURES_SHOWN : oracle;
}

/** Epochs between two evaluations by the classifier. */
export function resolveEvery({ evaluation, samples, training }: Pick<RunConfig, 'evaluation' | 'samples' | 'training'>): number {
  return evaluation.every ?? Math.max(samples.every, Math.ceil(training.epochs / EVALUATIONS));
}

/** After which epochs the classifier judges: each `every`-th, the last, and where halving pauses the run. */
export function isJudgedAfter(
  epoch: number,
  { config, pauseAfterEpoch }: { config: Pick<RunConfig, 'evaluation' | 'samples' | 'training'>; pauseAfterEpoch?: number | null },
): boolean {
  return epoch === config.training.epochs || epoch === pauseAfterEpoch || epoch % resolveEvery(config) === 0;
}
