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

  function step({ pixels, labels, noise, adam, discriminatorLearningRate = adam.learningRate }: StepInput): StepLogits {
    const batch = labels.length / shape.conditions;
    const d = { k, shape, parameters: discriminator, planes };
    const [real, fake, fooled] = k.scope(() => {
      const y = k.tensor(labels, [batch, shape.conditions]);
      const x = k.tensor(pixels, [batch, shape.imageSize, shape.imageSize, 3]);
      const z = k.tensor(noise, [batch, shape.latentSize]);
      // The same generated pictures serve both steps; G's weights do not change between them.
      const made = generate({ k, shape, parameters: generator, statistics: trainer.generatorStatistics }, z, y);

      const [realLogits, fakeLogits] = k.scope(() => {
        const onReal = discriminate({ ...d, statistics: trainer.discriminatorStatistics }, x, y);
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
        discriminator.applyAdam(sumGradients(k, realGradients, fakeGradients), { ...adam, learningRate: discriminatorLearningRate });
        trainer.discriminatorStatistics = replaceStatistics(k, trainer.discriminatorStatistics, onFake.statistics);
        return [onReal.logits, onFake.logits];
      });

      const onFooled = discriminate({ ...d, statistics: trainer.discriminatorStatistics }, made.images, y);
      const dImages = discriminatorGradients(d, { tape: onFooled.tape, dLogits: k.crossEntropyGradient(onFooled.logits, 1), of: 'images' });
      const gradients = generatorGradients({ k, shape, parameters: generator }, made.tape, dImages);
      generator.applyAdam(gradients, adam);
      trainer.generatorStatistics = replaceStatistics(k, trainer.generatorStatistics, made.statistics);
      return [realLogits!, fakeLogits!, onFooled.logits];
    });
    return { real: k.keep(real!), fake: k.keep(fake!), fooled: k.keep(fooled!) };
  }
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
