// Both networks with their state on the device, and one training step of each.

import { createTape, differentiate } from '../autodiff/tape.ts';
import type { AdamStep, Kernels, Tensor } from '../kernels/kernels.ts';
import { batchStatisticsNorm } from '../networks/batch-norm.ts';
import { discriminate, discriminatorNorms, discriminatorSpecs } from '../networks/discriminator.ts';
import { generate, generatorNorms, generatorSpecs } from '../networks/generator.ts';
import { createLabelPlanes } from '../networks/label-planes.ts';
import { createNetwork, type Network, replaceState, type State } from '../networks/network.ts';
import type { NetworkShape } from '../networks/shape.ts';

/** One step's inputs, on the host. */
export interface StepInput {
  /** [B, S, S, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [B, conditions], 0 or 1 */
  labels: Float32Array;
  /** [B, latentSize], standard normal */
  noise: Float32Array;
  adam: AdamStep;
  /** Where it differs from adam.learningRate. */
  discriminatorLearningRate?: number;
}

/** Logits of a step, [B] each, still on the device: reading them is the caller's to time. */
export interface StepLogits {
  /** D on real pictures, before the step. */
  real: Tensor;
  /** D on generated pictures, before D's step. */
  fake: Tensor;
  /** D on the same generated pictures, after D's step: what G learns from. */
  fooled: Tensor;
}

export interface Trainer {
  readonly k: Kernels;
  readonly shape: NetworkShape;
  readonly generator: Network;
  readonly discriminator: Network;
  /** All that a checkpoint holds, by name. */
  readonly networks: readonly Network[];
  step(input: StepInput): StepLogits;
}

export function createTrainer(k: Kernels, shape: NetworkShape, seed: number): Trainer {
  const generator = createNetwork(k, { name: 'generator', specs: generatorSpecs(shape), norms: generatorNorms(shape), seed });
  const discriminator = createNetwork(k, {
    name: 'discriminator',
    specs: discriminatorSpecs(shape),
    norms: discriminatorNorms(shape),
    seed,
  });
  const stateNames = [...generator.state.keys()];
  const nameState = (tensors: readonly Tensor[]): State => new Map(stateNames.map((name, i) => [name, tensors[i]!]));
  const planes = createLabelPlanes(k, shape.imageSize / 4);
  const compiled = k.compile(work);
  /** The input of the current step. */
  let input: StepInput;
  return { k, shape, generator, discriminator, networks: [generator, discriminator], step };

  function step(stepInput: StepInput): StepLogits {
    input = stepInput;
    const { pixels, labels, noise } = stepInput;
    const batch = labels.length / shape.conditions;
    const [real, fake, fooled, ...state] = k.scope(() =>
      compiled([
        k.tensorFloat32(pixels, [batch, shape.imageSize, shape.imageSize, 3]),
        k.tensorFloat32(labels, [batch, shape.conditions]),
        k.tensorFloat32(noise, [batch, shape.latentSize]),
        ...generator.state.values(),
      ]),
    );
    replaceState(k, generator, nameState(state));
    return { real: k.keep(real!), fake: k.keep(fake!), fooled: k.keep(fooled!) };
  }

  /** [pixels, labels, noise, ...state of G] -> [real, fake, fooled, ...state of G]; both networks move by one step of Adam. */
  function work([pixels, labels, noise, ...state]: readonly Tensor[]): Tensor[] {
    const tape = createTape(k);
    const [x, y, z] = [pixels!, labels!, noise!].map((tensor) => k.activation(tensor)) as [Tensor, Tensor, Tensor];
    const [g, d] = [generator.parameters, discriminator.parameters];
    const running = { before: nameState(state), after: new Map() as State };
    const norm = batchStatisticsNorm(tape.k, g, running);
    // The same generated pictures serve both steps; G's weights do not change between them.
    const images = generate({ k: tape.k, shape, weights: g, norm }, z, y);
    const judge = (pictures: Tensor) =>
      discriminate({ k: tape.k, shape, weights: d, planes, norm: batchStatisticsNorm(tape.k, d) }, pictures, y);

    const [real, fake] = k.scope(() => {
      const logits = [judge(x), judge(images)];
      const dLogits = [k.crossEntropyGradient(logits[0]!, 1), k.crossEntropyGradient(logits[1]!, 0)];
      d.applyAdam(differentiate(tape, { outputs: logits, dOutputs: dLogits, by: d }), () => {
        const { adam, discriminatorLearningRate = adam.learningRate } = input;
        return { ...adam, learningRate: discriminatorLearningRate };
      });
      return logits;
    });

    const fooled = judge(images);
    const dFooled = k.crossEntropyGradient(fooled, 1);
    g.applyAdam(differentiate(tape, { outputs: [fooled], dOutputs: [dFooled], by: g }), () => input.adam);
    return [real!, fake!, fooled, ...stateNames.map((name) => running.after.get(name)!)];
  }
}
