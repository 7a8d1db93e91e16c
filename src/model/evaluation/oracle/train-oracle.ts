// Trains an oracle: one compiled step after the other, in float32.

import { createTape, differentiate } from '../../autodiff/tape.ts';
import type { Kernels, Tensor } from '../../kernels/kernels.ts';
import { batchStatisticsNorm } from '../../networks/batch-norm.ts';
import { createNetwork, type Network, replaceState } from '../../networks/network.ts';
import type { State } from '../../networks/state.ts';
import type { Lesson, Lessons } from './lessons.ts';
import { classify, type OracleShape, oracleNorms, oracleSpecs } from './network.ts';
import { oracleLearningRate, type Recipe } from './recipe.ts';

interface Options {
  shape: OracleShape;
  lessons: Lessons;
  recipe: Recipe;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/** Rejects with the signal's reason once it is aborted, before the next step. */
export async function trainOracle(k: Kernels, { shape, lessons, recipe, onProgress, signal }: Options): Promise<Network> {
  const { steps } = lessons;
  const network = createOracleNetwork(k, shape, recipe.seed);
  const train = createOracleStep(k, { shape, network, recipe, steps });
  onProgress?.(0, steps);
  for (let step = 1; step <= steps; step++) {
    await new Promise((resolve) => setImmediate(resolve)); // messages and signals
    signal?.throwIfAborted();
    const sum = train(step, lessons.read(step));
    if (step % STEPS_AHEAD === 0 || step === steps) await k.read(sum); // a device must not fall behind by more
    k.free(sum);
    onProgress?.(step, steps);
  }
  return network;
}

const STEPS_AHEAD = 16;

export function createOracleNetwork(k: Kernels, shape: OracleShape, seed: number): Network {
  return createNetwork(k, { name: 'oracle', specs: oracleSpecs(shape), norms: oracleNorms(shape), seed });
}

interface Step {
  shape: OracleShape;
  network: Network;
  recipe: Recipe;
  steps: number;
}

/** The function that does a step; it returns the logits, [batch, labels], which the caller frees. */
function createOracleStep(k: Kernels, { shape, network, recipe, steps }: Step): (step: number, lesson: Lesson) => Tensor {
  const { parameters } = network;
  const stateNames = [...network.state.keys()];
  const nameState = (tensors: readonly Tensor[]): State => new Map(stateNames.map((name, i) => [name, tensors[i]!]));
  let step = 0;

  /** [pixels, targets, weights, ...state] -> [logits, ...state]; the network moves by one step of Adam. */
  const compiled = k.compile(([pixels, targets, weights, ...state]) => {
    const tape = createTape(k);
    const running = { before: nameState(state), after: new Map() as State };
    const norm = batchStatisticsNorm(tape.k, parameters, running);
    const { logits } = classify({ k: tape.k, shape, weights: parameters, norm }, pixels!);
    // Of the weighted binary cross-entropy, summed over labels and pictures: Adam does not mind the scale.
    const dLogits = k.mul(k.sub(k.sigmoid(logits), targets!), weights!);
    const gradients = differentiate(tape, { outputs: [logits], dOutputs: [dLogits], by: parameters });
    parameters.applyAdam(gradients, () => ({
      learningRate: oracleLearningRate(recipe, step, steps),
      beta1: recipe.adamBeta1,
      beta2: recipe.adamBeta2,
      step,
    }));
    return [logits, ...stateNames.map((name) => running.after.get(name)!)];
  });

  return (now, { pixels, targets, weights }) => {
    step = now;
    const batch = targets.length / shape.labels;
    const [logits, ...state] = k.scope(() =>
      compiled([
        k.tensorFloat32(pixels, [batch, shape.imageSize, shape.imageSize, 3]),
        k.tensorFloat32(targets, [batch, shape.labels]),
        k.tensorFloat32(weights, [batch, shape.labels]),
        ...network.state.values(),
      ]),
    );
    k.keep(logits!);
    replaceState(k, network, nameState(state));
    return logits!;
  };
}
