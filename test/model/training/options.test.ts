import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { median } from '../../../src/experiment/units.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import { discriminatorSpecs } from '../../../src/model/networks/discriminator.ts';
import { generatorSpecs } from '../../../src/model/networks/generator.ts';
import { sampledPart } from '../../../src/model/networks/network.ts';
import { describeShape, type NetworkShape } from '../../../src/model/networks/shape.ts';
import { makePicture } from '../../../src/model/networks/upsampling.ts';
import { createDiffAugment } from '../../../src/model/training/diff-augment.ts';
import { createTrainer, type StepInput, type Trainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { type BackendName, cosineOf, relativeError, withKernels } from '../../helpers/kernels.ts';
import { augmentPlainly, iterateByHand, referenceGradients } from '../../helpers/reference-dcgan.ts';

const article: NetworkShape = { latentSize: 6, conditions: 3, width: 8, imageSize: 32 };
const labelShares = [0.5, 0.2, 0.02];

type Options = Partial<NetworkShape> & TrainerOptions;
const modern: Options = {
  spectralNorm: true,
  discriminatorLabels: 'projection',
  conditionalNorm: true,
  auxiliaryWeight: 0.5,
  loss: 'hinge',
  emaDecay: 0.9,
};

const CASES: Record<string, Options> = {
  spectralNorm: { spectralNorm: true },
  'discriminatorLabels: projection': { discriminatorLabels: 'projection' },
  conditionalNorm: { conditionalNorm: true },
  auxiliaryWeight: { auxiliaryWeight: 0.7 },
  'upsampling: resize': { upsampling: 'resize' },
  'loss: hinge': { loss: 'hinge' },
  labelSmoothing: { labelSmoothing: 0.2 },
  diffAugment: { diffAugment: ['translation', 'cutout', 'color'] },
  modern,
  ...Object.fromEntries([1, 2, 3].map((draw) => [`combination ${draw}`, drawCombination(draw)])),
};

/** Each option as in the article or not, by chance. */
function drawCombination(draw: number): Options {
  const random = createRandom(draw, 'options');
  const or = <T>(value: T) => (random.uniform() < 0.5 ? value : undefined);
  const loss = or('hinge' as const);
  return {
    spectralNorm: or(true),
    discriminatorLabels: or('projection'),
    conditionalNorm: or(true),
    auxiliaryWeight: or(0.3),
    upsampling: or('resize'),
    loss,
    labelSmoothing: loss ? undefined : or(0.1),
    emaDecay: or(0.99),
    diffAugment: or(['color', 'translation'] as const),
  };
}

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

const create = (k: Kernels, options: Options) => createTrainer(k, { ...article, ...options }, 1, { ...options, labelShares });

async function logitsOf(trainer: Trainer, step: number): Promise<{ real: Float32Array; fake: Float32Array; fooled: Float32Array }> {
  const { k } = trainer;
  const { real, fake, fooled } = trainer.step(input(trainer.shape, step));
  const read = { real: await k.read(real), fake: await k.read(fake), fooled: await k.read(fooled) };
  k.free(real, fake, fooled);
  return read;
}

const stateOf = async ({ k, networks }: Trainer) => {
  const values = new Map<string, Float32Array>();
  for (const { name, state } of networks) for (const [key, tensor] of state) values.set(`${name}.${key}`, await k.read(tensor));
  return values;
};
const exportOf = async ({ networks: [g, d] }: Trainer) => ({
  generator: await g!.parameters.export(),
  discriminator: await d!.parameters.export(),
});

/** Gradients of a first step by the name of the weight: after it, Adam's first moment is (1 - beta1) times the gradient. */
async function gradientsOf(backend: BackendName, options: Options) {
  return withKernels(backend, async (k) => {
    const trainer = create(k, options);
    const [before, state] = [await exportOf(trainer), await stateOf(trainer)];
    await logitsOf(trainer, 1);
    const after = await exportOf(trainer);
    await logitsOf(trainer, 2); // frees what was made for the export
    const tensors = k.count();
    await logitsOf(trainer, 3);
    expect(k.count(), 'tensors left').toBe(tensors);
    const gradients = new Map<string, Float32Array>();
    for (const { name, parameters } of trainer.networks) {
      for (const spec of parameters.specs) {
        if (spec.inert) continue;
        gradients.set(
          `${name} ${spec.name}`,
          after[name as keyof typeof after].get(`${spec.name}.adam_m`)!.map((m) => m / 0.5),
        );
      }
    }
    return { before, after, state, gradients };
  });
}

/** What the plain networks of the reference give. */
async function expectedGradients(options: Options, { before, after, state }: Awaited<ReturnType<typeof gradientsOf>>) {
  const shape = { ...article, ...options };
  const shapesOf = (specs: { name: string; shape: readonly number[] }[]) => new Map(specs.map((spec) => [spec.name, spec.shape]));
  const spectral = [...state].filter(([name]) => name.endsWith('spectral_u'));
  const inputs = {
    ...input(shape, 1),
    shape,
    shapes: { generator: shapesOf(generatorSpecs(shape)), discriminator: shapesOf(discriminatorSpecs(shape)) },
    loss: options.loss,
    labelSmoothing: options.labelSmoothing,
    augment(pictures: Tensor, purpose: 'real' | 'generated' | 'fooling') {
      const kinds = options.diffAugment ?? [];
      return augmentPlainly(pictures, { kinds, draws: createDiffAugment(kinds, shape).draw({ seed: 1, step: 1, purpose }, 4) });
    },
    balance: { on: [1, 2.5, 10], off: [1, 0.625, 1 / 1.96] }, // 1 / (2 * share), at most 10, and of those that lack it
    vectors: iterateByHand(
      before.discriminator,
      new Map(spectral.map(([name, u]) => [name.replace(/^discriminator\.(.*)spectral_u$/, '$1weight'), u])),
    ),
  };
  return withKernels('cpu', async () => ({
    discriminator: referenceGradients(inputs, before.generator, before.discriminator).discriminator,
    generator: referenceGradients(inputs, before.generator, after.discriminator).generator, // G learns from the D that has moved
  }));
}

/** tfjs's own backend is slow: it computes what has most options. */
const backendsFor = (options: Options): BackendName[] =>
  Object.keys(options).length > 1 ? ['tensorflow', 'wasm', 'cpu'] : ['tensorflow', 'wasm'];

describe.each(Object.entries(CASES))('the step with %s', (_, options) => {
  let expected: Awaited<ReturnType<typeof expectedGradients>>;
  beforeAll(async () => {
    expected = await expectedGradients(options, await gradientsOf('tensorflow', options));
  });

  it.each(backendsFor(options))('has on %s the gradients of the plain networks', async (backend) => {
    const { gradients } = await gradientsOf(backend, options);
    for (const [name, gradient] of gradients) {
      const reference = referenceOf(name);
      if (reference.every((value) => value === 0)) expect([...new Set(gradient)], name).toEqual([0]);
      else expect(relativeError(gradient, reference), name).toBeLessThan(1e-3);
    }
  });

  it('has in bfloat16 gradients that point the same way', async () => {
    const { gradients } = await gradientsOf('tensorflow bfloat16', options);
    const cosines: { name: string; cosine: number }[] = [];
    for (const [name, gradient] of gradients) {
      const reference = referenceOf(name);
      if (reference.some((value) => value !== 0)) cosines.push({ name, cosine: cosineOf(gradient, reference) });
    }
    expect(cosines.filter(({ cosine }) => !(cosine > 0.8))).toEqual([]);
    expect(median(cosines.map(({ cosine }) => cosine))).toBeGreaterThan(0.98);
  });

  const referenceOf = (name: string) => {
    const [network, weight] = name.split(' ') as [keyof typeof expected, string];
    return expected[network].get(weight)!;
  };
});

describe('a picture of a flat map', () => {
  const spread = (isEven: boolean, upsampling?: NetworkShape['upsampling']) =>
    withKernels('tensorflow', async (k) => {
      const random = createRandom(3, 'flat');
      const side = upsampling === 'resize' ? 3 : 4;
      const filter = k.tensorFloat32(
        Float32Array.from({ length: side * side * 3 * 5 }, () => random.normal()),
        [side, side, 3, 5],
      );
      const x = k.tensorFloat32(
        Float32Array.from({ length: 8 * 8 * 5 }, (_, i) => 1 + (i % 5)),
        [1, 8, 8, 5],
      );
      const [picture] = k.scope(() => [makePicture(k, { upsampling }, { x, filter, isEven })]);
      const values = await k.read(picture!); // [1, 16, 16, 3]
      const inner = Array.from({ length: 14 * 14 }, (_, i) => values[((1 + Math.floor(i / 14)) * 16 + 1 + (i % 14)) * 3]!);
      return { spread: Math.max(...inner) - Math.min(...inner), mean: inner.reduce((sum, value) => sum + value, 0) / inner.length };
    });

  it('is flat where the phases have equal sums, of the same mean, and chequered by a transposed convolution as it is', async () => {
    const [even, transposed, resized] = [await spread(true), await spread(false), await spread(false, 'resize')];
    expect(even.spread).toBeLessThan(1e-4);
    expect(resized.spread).toBeLessThan(1e-4);
    expect(transposed.spread).toBeGreaterThan(1);
    expect(even.mean).toBeCloseTo(transposed.mean, 4);
  });
});

describe('what is averaged', () => {
  it('follows the weights and running statistics as it does on the host', async () => {
    await withKernels('tensorflow', async (k) => {
      const trainer = create(k, { ...modern, emaDecay: 0.3 });
      const read = async () => new Map([...(await trainer.generator.parameters.export()), ...(await stateOf(trainer))]);
      const names = [...(await read()).keys()].filter((name) => name.endsWith('.ema')).map((name) => name.replace(/\.ema$/, ''));
      expect(names).toEqual(expect.arrayContaining(['up1.weight', 'up1.gamma_labels', 'generator.up1.running_variance']));
      let averages = await read();
      for (const name of names) expect(averages.get(`${name}.ema`), name).toEqual(averages.get(name));
      for (let step = 1; step <= 4; step++) {
        await logitsOf(trainer, step);
        const decay = Math.min(0.3, (1 + step) / (10 + step));
        const after = await read();
        for (const name of names) {
          const before = averages.get(`${name}.ema`)!;
          const expected = after.get(name)!.map((value, i) => decay * before[i]! + (1 - decay) * value);
          expect(relativeError(after.get(`${name}.ema`)!, expected), `${name} after step ${step}`).toBeLessThan(1e-6);
        }
        averages = after;
      }
      const sampled = sampledPart(trainer.generator);
      expect(await k.read(sampled.parameters.get('up1.gamma'))).toEqual(averages.get('up1.gamma.ema'));
      expect(await k.read(sampled.state.get('up1.running_mean')!)).toEqual(averages.get('generator.up1.running_mean.ema'));
    });
  });
});

describe('several steps of the discriminator for one of the generator', () => {
  it('leave the generator as it is, and judge the pictures that the discriminator saw', async () => {
    await withKernels('tensorflow', async (k) => {
      const trainer = create(k, { ...modern, discriminatorSteps: 3 });
      const generatorNow = async () => [
        await trainer.generator.parameters.export(),
        (await stateOf(trainer)).get('generator.up1.running_mean'),
      ];
      const [before, ofD] = [await generatorNow(), await trainer.discriminator.parameters.export()];
      for (const step of [1, 2]) {
        const { fake, fooled } = await logitsOf(trainer, step);
        expect(fooled).toEqual(fake);
      }
      expect(await generatorNow()).toEqual(before);
      const movedD = await trainer.discriminator.parameters.export();
      expect(movedD.get('image.weight')).not.toEqual(ofD.get('image.weight'));
      const { fake, fooled } = await logitsOf(trainer, 3);
      expect(fooled).not.toEqual(fake);
      // The generator's first step: with Adam's correction for that, each weight moves by the learning rate.
      const weights = (await trainer.generator.parameters.export()).get('up1.weight')!;
      const moves = weights.map((value, i) => Math.abs(value - (before[0] as Map<string, Float32Array>).get('up1.weight')![i]!));
      expect(Math.max(...moves)).toBeLessThan(2.1e-4);
      expect(median([...moves])).toBeGreaterThan(1.9e-4);
    });
  });
});

describe("the article's values", () => {
  it('are what a trainer without options has, bit for bit', async () => {
    const explicit: Options = {
      spectralNorm: false,
      discriminatorLabels: 'planes',
      conditionalNorm: false,
      auxiliaryWeight: 0,
      upsampling: 'transposed',
      loss: 'crossEntropy',
      emaDecay: 0,
      labelSmoothing: 0,
      discriminatorSteps: 1,
    };
    const [first, second] = [await gradientsOf('tensorflow', {}), await gradientsOf('tensorflow', explicit)];
    expect(second.after).toEqual(first.after);
    expect([...second.state.keys()]).toEqual([...first.state.keys()]);
    expect(describeShape({ ...article, ...explicit })).toBe('{"latentSize":6,"conditions":3,"width":8,"imageSize":32}');
  });
});
