import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import { discriminatorSpecs } from '../../../src/model/networks/discriminator.ts';
import { generatorSpecs } from '../../../src/model/networks/generator.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { lossesOf } from '../../../src/model/training/losses.ts';
import { createTrainer, type StepInput, type Trainer } from '../../../src/model/training/trainer.ts';
import { relativeError, withKernels } from '../../helpers/kernels.ts';
import { referenceGradients } from '../../helpers/reference-dcgan.ts';

const small: NetworkShape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32 };

function input(shape: NetworkShape, step: number, batch = 4): StepInput {
  const random = createRandom(7, 'test', step);
  const fill = (size: number, of: () => number) => Float32Array.from({ length: size }, of);
  return {
    pixels: fill(batch * shape.imageSize ** 2 * 3, () => random.uniform() * 2 - 1),
    labels: fill(batch * shape.conditions, () => random.integer(2)),
    noise: fill(batch * shape.latentSize, () => random.normal()),
    adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step },
  };
}

async function stepLosses(trainer: Trainer, step: number) {
  const { k } = trainer;
  const { real, fake, fooled } = trainer.step(input(trainer.shape, step));
  const [r, f, o] = await Promise.all([real, fake, fooled].map((tensor) => k.read(tensor)));
  k.free(real, fake, fooled);
  return lossesOf({ real: r!, fake: f!, fooled: o! });
}

async function trainSteps(k: Kernels, steps: number, shape = small) {
  const trainer = createTrainer(k, shape, 1);
  const losses = [];
  for (let step = 1; step <= steps; step++) losses.push(await stepLosses(trainer, step));
  return { losses, generator: await trainer.generator.parameters.export(), discriminator: await trainer.discriminator.parameters.export() };
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

describe('the networks', () => {
  it.each([
    [2, 11_857_539, 11_037_057],
    [5, 11_882_115, 11_040_129],
    [10, 11_923_075, 11_045_249],
    [13, 11_947_651, 11_048_321],
    [40, 12_168_835, 11_075_969],
  ])("have the article's parameter counts at width 512 with %i conditions", (conditions, generator, discriminator) => {
    const shape: NetworkShape = { latentSize: 100, conditions, width: 512, imageSize: 64 };
    const count = (specs: { shape: readonly number[] }[]) => specs.reduce((sum, spec) => sum + size(spec.shape), 0);
    expect(count(generatorSpecs(shape))).toBe(generator);
    expect(count(discriminatorSpecs(shape))).toBe(discriminator);
  });

  it.each([32, 64, 128] as const)('train on pictures of %i pixels', async (imageSize) => {
    const { losses } = await withKernels('tensorflow', (k) => trainSteps(k, 2, { ...small, imageSize }));
    for (const { lossD, lossG } of losses) {
      expect(lossD).toBeGreaterThan(0);
      expect(lossG).toBeGreaterThan(0);
    }
  });
});

describe('a training step', () => {
  it('uses the gradients that automatic differentiation of the plain networks gives', async () => {
    const shapesOf = (specs: { name: string; shape: readonly number[] }[]) => new Map(specs.map(({ name, shape }) => [name, shape]));
    const shapes = { generator: shapesOf(generatorSpecs(small)), discriminator: shapesOf(discriminatorSpecs(small)) };
    await withKernels('cpu', async (k) => {
      const trainer = createTrainer(k, small, 1);
      const before = {
        generator: await trainer.generator.parameters.export(),
        discriminator: await trainer.discriminator.parameters.export(),
      };
      await stepLosses(trainer, 1);
      const after = {
        generator: await trainer.generator.parameters.export(),
        discriminator: await trainer.discriminator.parameters.export(),
      };
      const inputs = { shape: small, shapes, ...input(small, 1) };
      const expected = {
        discriminator: referenceGradients(inputs, before.generator, before.discriminator).discriminator,
        generator: referenceGradients(inputs, before.generator, after.discriminator).generator, // G learns from the D that has moved
      };
      for (const network of ['generator', 'discriminator'] as const) {
        for (const { name, inert } of trainer[network].parameters.specs) {
          const reference = expected[network].get(name)!;
          if (inert) {
            expect(Math.max(...reference.map(Math.abs)), `${network} ${name}`).toBeLessThan(1e-5);
            continue;
          }
          // After one step from zero, Adam's first moment is (1 - beta1) times the gradient.
          const used = after[network].get(`${name}.adam_m`)!.map((m) => m / 0.5);
          expect(relativeError(used, reference), `${network} ${name}`).toBeLessThan(1e-3);
        }
      }
    });
  });

  it.each(['wasm', 'webgpu'] as const)('agrees on %s and native TensorFlow for five steps', async (backend) => {
    const native = await withKernels('tensorflow', (k) => trainSteps(k, 5));
    const other = await withKernels(backend, (k) => trainSteps(k, 5));
    native.losses.forEach((loss, i) => {
      expect(Math.abs(other.losses[i]!.lossD / loss.lossD - 1)).toBeLessThan(1e-3);
      expect(Math.abs(other.losses[i]!.lossG / loss.lossG - 1)).toBeLessThan(1e-3);
    });
  });

  it('is the same, bit for bit, when repeated from the same seed', async () => {
    const [first, second] = [
      await withKernels('tensorflow', (k) => trainSteps(k, 3)),
      await withKernels('tensorflow', (k) => trainSteps(k, 3)),
    ];
    expect(second.losses).toEqual(first.losses);
    expect(second.generator).toEqual(first.generator);
    expect(second.discriminator).toEqual(first.discriminator);
  });

  it('moves each network by its own learning rate, and the other not at all', async () => {
    await withKernels('tensorflow', async (k) => {
      const largestMove = async (learningRate: number, discriminatorLearningRate: number) => {
        const trainer = createTrainer(k, small, 1);
        const networks = trainer.networks.map(({ parameters }) => parameters);
        const before = await Promise.all(networks.map((network) => network.export()));
        const given = input(small, 1);
        const { real, fake, fooled } = trainer.step({ ...given, adam: { ...given.adam, learningRate }, discriminatorLearningRate });
        k.free(real, fake, fooled);
        const after = await Promise.all(networks.map((network) => network.export()));
        return networks.map(({ specs }, i) =>
          Math.max(
            ...specs.flatMap(({ name }) => [...after[i]!.get(name)!].map((value, j) => Math.abs(value - before[i]!.get(name)![j]!))),
          ),
        );
      };
      const [movedG, stillD] = await largestMove(1e-3, 1e-30);
      expect(movedG).toBeGreaterThan(5e-4);
      expect(stillD).toBeLessThan(1e-20);
      const [stillG, movedD] = await largestMove(1e-30, 1e-3);
      expect(stillG).toBeLessThan(1e-20);
      expect(movedD).toBeGreaterThan(5e-4);
    });
  });

  it('moves every weight but the biases ahead of a batch norm', async () => {
    await withKernels('tensorflow', async (k) => {
      const trainer = createTrainer(k, small, 1);
      const before = [await trainer.generator.parameters.export(), await trainer.discriminator.parameters.export()];
      await stepLosses(trainer, 1);
      const after = [await trainer.generator.parameters.export(), await trainer.discriminator.parameters.export()];
      trainer.networks.forEach(({ parameters: { specs } }, i) => {
        for (const { name, inert } of specs) {
          const moved =
            relativeError(after[i]!.get(name)!, before[i]!.get(name)!) !== 0 &&
            after[i]!.get(name)!.some((v, j) => v !== before[i]!.get(name)![j]);
          expect(moved, name).toBe(!inert);
        }
      });
    });
  });

  it.each(['tensorflow', 'tensorflow bfloat16', 'wasm', 'webgpu'] as const)('leaves no tensor behind on %s', async (backend) => {
    await withKernels(backend, async (k) => {
      const trainer = createTrainer(k, small, 1);
      await stepLosses(trainer, 1);
      const before = k.count();
      for (let step = 2; step <= 5; step++) await stepLosses(trainer, step);
      expect(k.count()).toBe(before);
    });
  });

  it('in bfloat16 stays close to float32 and keeps float32 weights', async () => {
    const float = await withKernels('tensorflow', (k) => trainSteps(k, 3));
    const half = await withKernels('tensorflow bfloat16', (k) => trainSteps(k, 3));
    half.losses.forEach((loss, i) => {
      expect(Math.abs(loss.lossD - float.losses[i]!.lossD)).toBeLessThan(0.05);
      expect(Math.abs(loss.lossG - float.losses[i]!.lossG)).toBeLessThan(0.05);
    });
    const weights = half.generator.get('up1.weight')!;
    const [low] = new Uint16Array(Float32Array.of(weights[0]!).buffer);
    expect(low).not.toBe(0); // a bfloat16 has no bits there
  });
});
