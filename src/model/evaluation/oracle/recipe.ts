// (pure) How an oracle is made. Everything here is part of its identity.

/** docs/decisions/014-oracle.md has what these were chosen by. */
export interface Recipe {
  /** Raised whenever the code of this folder would make another oracle of the same pictures. */
  version: number;
  /** Channels after the first convolution. */
  width: number;
  featureSize: number;
  /** Pictures a step; all of them where there are fewer. */
  batchSize: number;
  /** Passes over the pictures; between `leastSteps` and `mostSteps`, but never more than `mostEpochs` passes. */
  epochs: number;
  leastSteps: number;
  mostSteps: number;
  mostEpochs: number;
  /** Of Adam, at its peak, and the share of the steps until there. */
  learningRate: number;
  warmUp: number;
  adamBeta1: number;
  adamBeta2: number;
  /** Pixels by which pictures are moved at most, in each direction, at 64x64. */
  shift: number;
  /** Share of the pictures that are turned, where the runs use rotations. */
  turned: number;
  seed: number;
}

export const RECIPE: Recipe = {
  version: 1,
  width: 24,
  featureSize: 128,
  batchSize: 64,
  epochs: 8,
  leastSteps: 400,
  mostSteps: 4000,
  mostEpochs: 50,
  learningRate: 0.004,
  warmUp: 0.3,
  adamBeta1: 0.9,
  adamBeta2: 0.99,
  shift: 2,
  turned: 0.25,
  seed: 1,
};

/** For so many pictures. */
export function planSteps(recipe: Recipe, pictures: number): { batchSize: number; stepsPerEpoch: number; steps: number } {
  const batchSize = Math.min(recipe.batchSize, pictures);
  const stepsPerEpoch = Math.floor(pictures / batchSize);
  const wanted = Math.min(recipe.mostSteps, Math.max(recipe.leastSteps, recipe.epochs * stepsPerEpoch));
  return { batchSize, stepsPerEpoch, steps: Math.min(wanted, recipe.mostEpochs * stepsPerEpoch) };
}

const START_DIVISOR = 25;

/** One cycle (Smith and Topin 2019): from a 25th up to the peak along a cosine, and down to nearly zero along another. `step` from 1. */
export function oracleLearningRate({ learningRate, warmUp }: Recipe, step: number, steps: number): number {
  const done = (step - 1) / steps;
  if (done < warmUp) {
    const start = learningRate / START_DIVISOR;
    return start + (learningRate - start) * ease(done / warmUp);
  }
  return learningRate * (1 - ease((done - warmUp) / (1 - warmUp)));
}

/** From 0 to 1, slow at both ends. */
const ease = (share: number): number => (1 - Math.cos(Math.PI * share)) / 2;
