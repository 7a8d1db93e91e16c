// Both networks with their state on the device, and one training step of each.

import type { AdamStep, Kernels, ParameterSpec, Tensor } from '../kernels/kernels.ts';
import { discriminate, discriminatorGradients, discriminatorNorms, discriminatorSpecs } from '../networks/discriminator.ts';
import { generate, generatorGradients, generatorNorms, generatorSpecs } from '../networks/generator.ts';
import { initialWeights } from '../networks/initial-weights.ts';
import { createLabelPlanes } from '../networks/label-planes.ts';
import { initialStatistics, type Network, type RunningStatistics, replaceStatistics } from '../networks/network.ts';
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
  const createNetwork = (name: string, specs: readonly ParameterSpec[], norms: readonly string[]): Network => {
    const parameters = k.parameters(specs, initialWeights(specs, { seed, network: name }));
    return { name, parameters, statistics: initialStatistics(k, norms, parameters) };
  };
  const generator = createNetwork('generator', generatorSpecs(shape), generatorNorms(shape));
  const discriminator = createNetwork('discriminator', discriminatorSpecs(shape), discriminatorNorms(shape));
  const planes = createLabelPlanes(k, shape.imageSize / 4);
  const compiled = k.compile(work);
  /** Of the step at hand. */
  let input: StepInput;
  return { k, shape, generator, discriminator, networks: [generator, discriminator], step };

  function step(given: StepInput): StepLogits {
    input = given;
    const { pixels, labels, noise } = given;
    const batch = labels.length / shape.conditions;
    const [real, fake, fooled, ...statistics] = k.scope(() =>
      compiled([
        k.tensorFloat32(pixels, [batch, shape.imageSize, shape.imageSize, 3]),
        k.tensorFloat32(labels, [batch, shape.conditions]),
        k.tensorFloat32(noise, [batch, shape.latentSize]),
        ...listStatistics(generator.statistics),
        ...listStatistics(discriminator.statistics),
      ]),
    );
    const { ofG, ofD } = nameStatistics(shape, statistics);
    replaceStatistics(k, generator, ofG);
    replaceStatistics(k, discriminator, ofD);
    return { real: k.keep(real!), fake: k.keep(fake!), fooled: k.keep(fooled!) };
  }

  /** [pixels, labels, noise, ...statistics] -> [real, fake, fooled, ...statistics]; both networks move by one step of Adam. */
  function work([pixels, labels, noise, ...statistics]: readonly Tensor[]): Tensor[] {
    const before = nameStatistics(shape, statistics);
    const [x, y, z] = [pixels!, labels!, noise!].map((tensor) => k.activation(tensor)) as [Tensor, Tensor, Tensor];
    const d = { k, shape, parameters: discriminator.parameters, planes };
    // The same generated pictures serve both steps; G's weights do not change between them.
    const made = generate({ k, shape, parameters: generator.parameters, statistics: before.ofG }, z, y);

    const [real, fake, ...afterD] = k.scope(() => {
      const onReal = discriminate({ ...d, statistics: before.ofD }, x, y);
      const realGradients = discriminatorGradients(d, {
        tape: onReal.tape,
        dLogits: k.crossEntropyGradient(onReal.logits, 1),
        of: 'parameters',
      });
      const onFake = discriminate({ ...d, statistics: onReal.statistics }, made.images, y);
      const fakeGradients = discriminatorGradients(d, {
        tape: onFake.tape,
        dLogits: k.crossEntropyGradient(onFake.logits, 0),
        of: 'parameters',
      });
      discriminator.parameters.applyAdam(sumGradients(k, realGradients, fakeGradients), () => {
        const { adam, discriminatorLearningRate = adam.learningRate } = input;
        return { ...adam, learningRate: discriminatorLearningRate };
      });
      return [onReal.logits, onFake.logits, ...listStatistics(onFake.statistics)];
    });

    const after = nameStatistics(shape, [...listStatistics(made.statistics), ...afterD]);
    const onFooled = discriminate({ ...d, statistics: after.ofD }, made.images, y);
    const dImages = discriminatorGradients(d, { tape: onFooled.tape, dLogits: k.crossEntropyGradient(onFooled.logits, 1), of: 'images' });
    generator.parameters.applyAdam(
      generatorGradients({ k, shape, parameters: generator.parameters }, made.tape, dImages),
      () => input.adam,
    );
    return [real!, fake!, onFooled.logits, ...listStatistics(after.ofG), ...listStatistics(after.ofD)];
  }
}

/** mean and variance of one norm after the other */
const listStatistics = (statistics: RunningStatistics): Tensor[] =>
  [...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]);

/** Undoes listStatistics, for those of G followed by those of D. */
function nameStatistics(shape: NetworkShape, tensors: readonly Tensor[]): { ofG: RunningStatistics; ofD: RunningStatistics } {
  const [namesG, namesD] = [generatorNorms(shape), discriminatorNorms(shape)];
  const from = (first: number, names: string[]): RunningStatistics =>
    new Map(names.map((name, i) => [name, { mean: tensors[first + 2 * i]!, variance: tensors[first + 2 * i + 1]! }]));
  return { ofG: from(0, namesG), ofD: from(2 * namesG.length, namesD) };
}

function sumGradients(k: Kernels, a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...a].map(([name, gradient]) => [name, k.add(gradient, b.get(name)!)]));
}
