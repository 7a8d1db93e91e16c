// Room: model/training. Both networks with their state on the device, and one training step of each.

import type { AdamStep, Kernels, Parameters, Tensor } from '../kernels/kernels.ts';
import { discriminate, discriminatorGradients, discriminatorNorms, discriminatorSpecs } from '../networks/discriminator.ts';
import { generate, generatorGradients, generatorNorms, generatorSpecs, type RunningStatistics } from '../networks/generator.ts';
import { initialWeights } from '../networks/initial-weights.ts';
import { createLabelPlanes } from '../networks/label-planes.ts';
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
  readonly generator: Parameters;
  readonly discriminator: Parameters;
  generatorStatistics: RunningStatistics;
  discriminatorStatistics: RunningStatistics;
  step(input: StepInput): StepLogits;
}

export function createTrainer(k: Kernels, shape: NetworkShape, seed: number): Trainer {
  const generatorLayers = generatorSpecs(shape);
  const discriminatorLayers = discriminatorSpecs(shape);
  const generator = k.parameters(generatorLayers, initialWeights(generatorLayers, { seed, network: 'generator' }));
  const discriminator = k.parameters(discriminatorLayers, initialWeights(discriminatorLayers, { seed, network: 'discriminator' }));
  const planes = createLabelPlanes(k, shape.imageSize / 4);
  const compiled = k.compile(work);
  /** Of the step at hand. */
  let input: StepInput;
  const trainer: Trainer = {
    k,
    shape,
    generator,
    discriminator,
    generatorStatistics: initialStatistics(k, generatorNorms(shape), generator),
    discriminatorStatistics: initialStatistics(k, discriminatorNorms(shape), discriminator),
    step,
  };
  return trainer;

  function step(given: StepInput): StepLogits {
    input = given;
    const { pixels, labels, noise } = given;
    const batch = labels.length / shape.conditions;
    const [real, fake, fooled, ...statistics] = k.scope(() =>
      compiled([
        k.tensorFloat32(pixels, [batch, shape.imageSize, shape.imageSize, 3]),
        k.tensorFloat32(labels, [batch, shape.conditions]),
        k.tensorFloat32(noise, [batch, shape.latentSize]),
        ...listStatistics(trainer.generatorStatistics),
        ...listStatistics(trainer.discriminatorStatistics),
      ]),
    );
    const { ofG, ofD } = nameStatistics(shape, statistics);
    trainer.generatorStatistics = replaceStatistics(k, trainer.generatorStatistics, ofG);
    trainer.discriminatorStatistics = replaceStatistics(k, trainer.discriminatorStatistics, ofD);
    return { real: k.keep(real!), fake: k.keep(fake!), fooled: k.keep(fooled!) };
  }

  /** [pixels, labels, noise, ...statistics] -> [real, fake, fooled, ...statistics]; both networks move by one step of Adam. */
  function work([pixels, labels, noise, ...statistics]: readonly Tensor[]): Tensor[] {
    const before = nameStatistics(shape, statistics);
    const [x, y, z] = [pixels!, labels!, noise!].map((tensor) => k.activation(tensor)) as [Tensor, Tensor, Tensor];
    const d = { k, shape, parameters: discriminator, planes };
    // The same generated pictures serve both steps; G's weights do not change between them.
    const made = generate({ k, shape, parameters: generator, statistics: before.ofG }, z, y);

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
      discriminator.applyAdam(sumGradients(k, realGradients, fakeGradients), () => {
        const { adam, discriminatorLearningRate = adam.learningRate } = input;
        return { ...adam, learningRate: discriminatorLearningRate };
      });
      return [onReal.logits, onFake.logits, ...listStatistics(onFake.statistics)];
    });

    const after = nameStatistics(shape, [...listStatistics(made.statistics), ...afterD]);
    const onFooled = discriminate({ ...d, statistics: after.ofD }, made.images, y);
    const dImages = discriminatorGradients(d, { tape: onFooled.tape, dLogits: k.crossEntropyGradient(onFooled.logits, 1), of: 'images' });
    generator.applyAdam(generatorGradients({ k, shape, parameters: generator }, made.tape, dImages), () => input.adam);
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

function initialStatistics(k: Kernels, names: readonly string[], parameters: Parameters): RunningStatistics {
  const channels = new Map(parameters.specs.map(({ name, shape }) => [name, shape[0]!]));
  return new Map(
    names.map((name) => {
      const size = channels.get(`${name}.gamma`)!;
      const mean = k.keep(k.tensorFloat32(new Float32Array(size), [size]));
      const variance = k.keep(k.tensorFloat32(new Float32Array(size).fill(1), [size]));
      return [name, { mean, variance }];
    }),
  );
}

function replaceStatistics(k: Kernels, before: RunningStatistics, after: RunningStatistics): RunningStatistics {
  for (const { mean, variance } of before.values()) k.free(mean, variance);
  for (const { mean, variance } of after.values()) {
    k.keep(mean);
    k.keep(variance);
  }
  return after;
}
