import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import type { Kernels, PictureSource } from '../../../src/model/kernels/kernels.ts';
import { Device } from '../../../src/model/kernels/webgpu/device.ts';
import { fuseNodes } from '../../../src/model/kernels/webgpu/fuse-nodes.ts';
import { mapNode, type Node, type Storage, writeShader } from '../../../src/model/kernels/webgpu/nodes.ts';
import { assignPlaces } from '../../../src/model/kernels/webgpu/places.ts';
import { createWebgpuKernels } from '../../../src/model/kernels/webgpu/webgpu.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { type ChosenInput, createTrainer, type StepInput, type Trainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { createIdleGpu } from '../../helpers/idle-gpu.ts';
import { relativeError, withKernels } from '../../helpers/kernels.ts';
import { trainOnPictures } from '../../helpers/stored-pictures.ts';

const article: NetworkShape = { imageSize: 64, width: 64, latentSize: 100, conditions: 5 };
const modern = { spectralNorm: true, discriminatorLabels: 'projection', conditionalNorm: true, auxiliaryWeight: 1 } as const;

// A step's buffers are there from its second call on: the first reads make room for themselves, too.
const WARM_UP = 3;

const pictures: PictureSource = {
  count: 9,
  pixels: 64 ** 2,
  numbers: new Float32Array(256),
  walks: () => new Float32Array(8 * 64 ** 2),
  read: () => new Uint8Array(9 * 64 ** 2 * 3),
};

function input({ shape, hasStored }: Pick<Trainer, 'shape' | 'hasStored'>, step: number, batch: number): StepInput | ChosenInput {
  const { imageSize, conditions, latentSize } = shape;
  const random = createRandom(3, 'webgpu test', step);
  const draw = (size: number, value: () => number) => Float32Array.from({ length: size }, value);
  return {
    ...(hasStored
      ? { pictures: new Float32Array(batch), walks: new Float32Array(batch) }
      : { pixels: draw(batch * imageSize ** 2 * 3, () => random.uniform() * 2 - 1) }),
    labels: draw(batch * conditions, () => Math.round(random.uniform())),
    noise: draw(batch * latentSize, () => random.normal()),
    adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step },
  };
}

/** Logits of each step. */
async function train(trainer: Trainer, from: number, to: number, batch = 4): Promise<Float32Array[]> {
  const { k } = trainer;
  const all: Float32Array[] = [];
  for (let step = from; step <= to; step++) {
    const logits = Object.values(trainer.step(input(trainer, step, batch)));
    all.push(...(await Promise.all(logits.map((each) => k.read(each)))));
    k.free(...logits);
  }
  return all;
}

describe('a training step on WebGPU', () => {
  it.each([
    ['article', article, {}, 200],
    ['modern', { ...article, ...modern }, { loss: 'hinge', emaDecay: 0.999, labelShares: Array(5).fill(0.5) }, 330],
  ] as const)('is written down once and replayed: %s', async (_, shape, options, most) => {
    const device = new Device(createIdleGpu());
    const k = createWebgpuKernels(device);
    const stored = k.storePictures(pictures);
    const trainer = createTrainer(k, shape, 1, { ...options, stored } as TrainerOptions);
    await train(trainer, 1, WARM_UP, 64);
    const before = { ...device.counts };
    const logits = trainer.step(input(trainer, WARM_UP + 1, 64));
    expect(device.counts.dispatches - before.dispatches).toBeLessThanOrEqual(most);
    expect(device.counts).toMatchObject({
      buffers: before.buffers,
      bindGroups: before.bindGroups,
      pipelines: before.pipelines,
      submissions: before.submissions + 1,
    });
    await Promise.all(Object.values(logits).map((each) => trainer.k.read(each)));
    expect(device.counts.submissions).toBe(before.submissions + 2);
    expect(device.counts.buffers).toBe(before.buffers);
  });

  it('computes with every option what native TensorFlow computes', async () => {
    const shape: NetworkShape = { imageSize: 32, width: 4, latentSize: 7, conditions: 7, ...modern };
    const options: TrainerOptions = {
      loss: 'hinge',
      emaDecay: 0.9,
      labelShares: [0.5, 0.3, 0.1, 0.2, 0.9, 0.6, 0.4],
      diffAugment: ['translation', 'cutout', 'color'],
      discriminatorSteps: 2,
    };
    const run = async (k: Kernels) => {
      const trainer = createTrainer(k, shape, 1, options);
      return { logits: await train(trainer, 1, 4, 3), averages: await trainer.generator.parameters.read('image.weight.ema') };
    };
    const [expected, got] = [await withKernels('tensorflow', run), await withKernels('webgpu', run)];
    for (const [i, logits] of expected.logits.entries()) expect(relativeError(got.logits[i]!, logits)).toBeLessThan(1e-3);
    expect(relativeError(got.averages, expected.averages)).toBeLessThan(1e-3);
  });

  it('repeats bit for bit, and goes on from what it exported', async () => {
    const shape: NetworkShape = { imageSize: 32, width: 4, latentSize: 6, conditions: 3 };
    await withKernels('webgpu', async (k) => {
      const whole = createTrainer(k, shape, 1);
      const logits = await train(whole, 1, 4);
      const first = createTrainer(k, shape, 1);
      expect(await train(first, 1, 2)).toEqual(logits.slice(0, 6));
      const second = createTrainer(k, shape, 2);
      for (const [i, network] of first.networks.entries()) second.networks[i]!.parameters.import(await network.parameters.export());
      for (const [name, tensor] of first.generator.state) second.generator.state.set(name, tensor);
      expect(await train(second, 3, 4)).toEqual(logits.slice(6));
      expect(await second.generator.parameters.export()).toEqual(await whole.generator.parameters.export());
    });
  });

  it('comes to the same bits with pictures that lie on the GPU as with those of the host', async () => {
    await withKernels('webgpu', async (k) => {
      const count = 20; // no smaller last batch: pipelines are slow to make
      expect(await trainOnPictures(k, 'device', count)).toEqual(await trainOnPictures(k, 'host', count));
    });
  });

  it('says which array is more than the GPU binds at once', () => {
    const k = createWebgpuKernels(new Device(createIdleGpu({ maxStorageBufferBindingSize: 2 ** 20 })));
    const large = k.tensor(new Float32Array(2 ** 19), [2 ** 19]);
    expect(() => k.negate(large)).toThrow(
      'An array of 2 MiB is more than this GPU binds at once (1 MiB). Make model.width or training.batchSize smaller.',
    );
  });

  it('cuts parameters into as many blocks as bindings need', async () => {
    const limit = 2 ** 16;
    const device = new Device(createIdleGpu({ maxStorageBufferBindingSize: limit }));
    const k = createWebgpuKernels(device);
    const specs = Array.from({ length: 5 }, (_, i) => ({ name: `p${i}`, shape: [100, 100] }));
    const parameters = k.parameters(specs, new Map());
    const step = k.compile(([x]) => {
      parameters.applyAdam(
        new Map(specs.map(({ name }) => [name, k.mul(x!, parameters.get(name))])),
        () => input({ shape: article, hasStored: false }, 1, 1).adam,
      );
      return [k.negate(x!)];
    });
    step([k.tensor(new Float32Array(10_000), [100, 100])]);
    expect(device.counts.dispatches).toBe(5 + 5 + 1); // five gradients, an update for each block of one, and the result
  });
});

describe('putting nodes together', () => {
  const storage = (size = 8): Storage => ({ size });
  const double = (from: Storage, to: Storage): Node => mapNode(to, [{ storage: from }], ([x]) => `2.0 * ${x}`);
  const update = (parameter: Storage): Node => ({ reads: [], writes: [parameter], workgroups: [1, 1, 1], body: () => '', isUpdate: true });
  const none = { results: new Set<Storage>(), pinned: new Set<Storage>(), mostBindings: 8 };

  it('leaves one node of a chain, with the first input and the last output', () => {
    const [a, b, c, d] = [storage(), storage(), storage(), storage()];
    const [node, ...others] = fuseNodes([double(a!, b!), double(b!, c!), double(c!, d!)], none);
    expect(others).toEqual([]);
    const { code, bindings } = writeShader(node!);
    expect(bindings).toEqual([a, d]);
    expect(code.match(/2\.0 \*/g)).toHaveLength(3);
  });

  it('keeps what two nodes read, what is a result, and what is read at other places', () => {
    const [a, b, c, d] = [storage(), storage(), storage(), storage()];
    expect(fuseNodes([double(a!, b!), double(b!, c!), double(b!, d!)], none)).toHaveLength(3);
    expect(fuseNodes([double(a!, b!), double(b!, c!)], { ...none, results: new Set([b!]) })).toHaveLength(2);
    expect(fuseNodes([double(a!, b!), mapNode(c!, [{ storage: b!, at: (i) => `7u - ${i}` }], ([x]) => x!)], none)).toHaveLength(2);
  });

  it('moves nothing across an update of parameters, whose values it may read', () => {
    const [parameter, b, c] = [storage(), storage(), storage()];
    expect(fuseNodes([double(parameter!, b!), update(parameter!), double(b!, c!)], none)).toHaveLength(3);
  });

  it('takes no more bindings than the GPU has, and reads and writes no pinned arrays at once', () => {
    const [a, b, c, d] = [storage(), storage(), storage(), storage()];
    const sum = mapNode(d!, [{ storage: b! }, { storage: c! }], ([x, y]) => `${x} + ${y}`);
    expect(fuseNodes([double(a!, b!), sum], none)).toHaveLength(1);
    expect(fuseNodes([double(a!, b!), sum], { ...none, mostBindings: 2 })).toHaveLength(2);
    expect(fuseNodes([double(a!, b!), sum], { ...none, pinned: new Set([c!, d!]) })).toHaveLength(2);
  });
});

describe('the places of results', () => {
  it('are shared by those that are never needed at once, and by no others', () => {
    const [input, ...results] = Array.from({ length: 6 }, (_, i): Storage => ({ size: 64 * (i + 1) }));
    const nodes = results.map((result, i) => mapNode(result, [{ storage: i === 0 ? input! : results[i - 1]! }], ([x]) => x!));
    let made = 0;
    const create = (bytes: number) => ({ size: bytes, number: made++ }) as unknown as GPUBuffer;
    const places = assignPlaces(nodes, { results: new Set([results.at(-1)!]), pinned: new Map(), create });
    expect(made).toBe(2);
    for (let i = 1; i < results.length; i++) expect(places.get(results[i]!)!.buffer).not.toBe(places.get(results[i - 1]!)!.buffer);
    for (const result of results) expect(places.get(result)!.buffer.size).toBeGreaterThanOrEqual(result.size * 4);
  });
});
