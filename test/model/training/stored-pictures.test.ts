import { describe, expect, it } from 'vitest';
import { describeProcessor } from '../../../src/machine/processor.ts';
import { asPictureSource } from '../../../src/model/data/batches.ts';
import { createPictureCopier, type QuarterTurns, walkNumber } from '../../../src/model/data/pictures/copy-picture.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import { roomForPictures } from '../../../src/model/kernels/load.ts';
import { chooseForms } from '../../../src/model/kernels/tensorflow/forms.ts';
import type { Binding } from '../../../src/model/kernels/tensorflow/handles.ts';
import { createTensorflowKernels } from '../../../src/model/kernels/tensorflow/tensorflow.ts';
import { Device } from '../../../src/model/kernels/webgpu/device.ts';
import { createWebgpuKernels } from '../../../src/model/kernels/webgpu/webgpu.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { createIdleGpu } from '../../helpers/idle-gpu.ts';
import { withKernels, withTensorflow } from '../../helpers/kernels.ts';
import { packedOf, SIDE, storedShape, trainOnPictures } from '../../helpers/stored-pictures.ts';

const onTensorflow = (binding: Binding, precision: Kernels['precision'] = 'float32') =>
  createTensorflowKernels(binding, { precision, forms: chooseForms(describeProcessor()), pictureBytes: 2 ** 30 });

/** Adds up the bytes of all tensors that are made of JavaScript's values. */
function countUploads(binding: Binding): { binding: Binding; bytes: () => number } {
  let bytes = 0;
  const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
    if (!Array.isArray(values)) bytes += values.byteLength;
    return binding.createTensor(shape, dtype, values);
  };
  const counted: Binding = Object.create(binding, { createTensor: { value: createTensor } });
  return { binding: counted, bytes: () => bytes };
}

describe('pictures that lie on the device', () => {
  it.each(['float32', 'bfloat16'] as const)('train to the same bits as pictures of the host on TensorFlow, %s', async (precision) => {
    await withTensorflow(async (binding) => {
      expect(await trainOnPictures(onTensorflow(binding, precision), 'device')).toEqual(
        await trainOnPictures(onTensorflow(binding, precision), 'host'),
      );
    });
  });

  it.each([
    ['TensorFlow', (work: (k: Kernels) => Promise<void>) => withTensorflow((binding) => work(onTensorflow(binding)))],
    ['WebGPU', (work: (k: Kernels) => Promise<void>) => withKernels('webgpu', work)],
  ])('are what the host would make of them, mirrored and turned in all eight ways, on %s', async (_, withOwn) => {
    const side = 8;
    const packed = packedOf(3, side);
    const each = side ** 2 * 3;
    const bytes = asPictureSource(packed).read();
    const expected = new Float32Array(8 * each);
    const copied = new Float32Array(bytes.length);
    for (let walk = 0; walk < 8; walk++) {
      const copy = createPictureCopier({ from: bytes, to: copied, side });
      const [flip, turns] = [walk % 2 === 1, (walk >> 1) as QuarterTurns];
      expect(walkNumber(flip, turns)).toBe(walk);
      copy((walk % 3) * each, flip, turns);
      expected.set(copied.subarray((walk % 3) * each, ((walk % 3) + 1) * each), walk * each);
    }
    await withOwn(async (k) => {
      const stored = k.storePictures(asPictureSource(packed))!;
      const take = k.compile(([pictures, walks]) => [stored.take(pictures!, walks!)]);
      const walks = Float32Array.from({ length: 8 }, (__, walk) => walk);
      const [taken] = k.scope(() =>
        take([
          k.tensorFloat32(
            walks.map((walk) => walk % 3),
            [8],
          ),
          k.tensorFloat32(walks, [8]),
        ]),
      );
      expect(taken!.shape).toEqual([8, side ** 2, 3]);
      expect(await k.read(taken!)).toEqual(expected);
      k.free(taken!);
    });
  });

  it('are uploaded once: a step then uploads numbers in place of pixels', async () => {
    const [labels, noise, adam] = [new Float32Array(12), new Float32Array(24), { learningRate: 1e-3, beta1: 0.5, beta2: 0.9, step: 1 }];
    const four = { pictures: Float32Array.of(0, 1, 2, 3), walks: new Float32Array(4), labels, noise, adam };
    const pixels = new Float32Array(4 * SIDE ** 2 * 3);
    const steps = (k: Kernels, place: 'device' | 'host') => {
      const trainer = createTrainer(k, storedShape, 1, {
        stored: place === 'device' ? k.storePictures(asPictureSource(packedOf(4))) : null,
      });
      return () => k.free(...Object.values(trainer.step(place === 'device' ? four : { pixels, labels, noise, adam })));
    };
    const numbers = 2 * 4 * 4;
    await withTensorflow(async (binding) => {
      const cost = (place: 'device' | 'host') => {
        const counted = countUploads(binding);
        const step = steps(onTensorflow(counted.binding), place);
        step();
        const before = counted.bytes();
        step();
        return counted.bytes() - before;
      };
      expect(cost('host') - cost('device')).toBe(pixels.byteLength - numbers);
      expect(cost('device')).toBeLessThan(1024);
    });
    const cost = (place: 'device' | 'host') => {
      const device = new Device(createIdleGpu());
      const step = steps(createWebgpuKernels(device), place);
      step();
      const before = device.counts.uploadedBytes;
      step();
      return device.counts.uploadedBytes - before;
    };
    expect(cost('host') - cost('device')).toBe(pixels.byteLength - numbers);
    expect(cost('device')).toBeLessThan(1024);
  });

  it('are left where they are if they are more than a GPU binds at once, and on the processor', async () => {
    const sourceOf = (count: number) => asPictureSource(packedOf(count));
    const small = createWebgpuKernels(new Device(createIdleGpu({ maxStorageBufferBindingSize: 40_000 })));
    expect(small.storePictures(sourceOf(14))).toBeNull(); // of 3,072 bytes each
    expect(small.storePictures(sourceOf(13))).not.toBeNull();
    for (const backend of ['tensorflow', 'wasm'] as const)
      await withKernels(backend, async (k) => expect(k.storePictures(sourceOf(4))).toBeNull());
  });

  it('get a tenth of the smallest card if a quarter of the free memory holds them, and little of one that does not tell its size', () => {
    const cards = [80e9, 24e9].map((memoryBytes) => ({ memoryBytes }));
    expect(roomForPictures(cards, 64e9)).toBe(2.4e9);
    expect(roomForPictures(cards, 4e9)).toBe(1e9);
    expect(roomForPictures([{ memoryBytes: null }], 64e9)).toBe(2 ** 29);
    expect(roomForPictures([], 64e9)).toBe(2 ** 29);
  });
});
