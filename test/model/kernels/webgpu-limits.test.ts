import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { provideWebgpu } from '../../../src/machine/webgpu-adapters.ts';
import type { Kernels, Tensor } from '../../../src/model/kernels/kernels.ts';
import { Device } from '../../../src/model/kernels/webgpu/device.ts';
import { convolution, matrixProduct, productNodes } from '../../../src/model/kernels/webgpu/products.ts';
import { createWebgpuKernels } from '../../../src/model/kernels/webgpu/webgpu.ts';
import { recogniseFailure } from '../../../src/results/failure-signs.ts';
import { createIdleGpu } from '../../helpers/idle-gpu.ts';
import { relativeError, withKernels } from '../../helpers/kernels.ts';

const draw = (name: string, size: number) => {
  const random = createRandom(1, name);
  return Float32Array.from({ length: size }, () => random.normal());
};
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

type Case = (k: Kernels, upload: (name: string, shape: number[]) => Tensor) => Tensor[];

/** Shapes that fill no tile, and sums that are cut into parts. */
const CASES: Record<string, Case> = {
  'convolutions of one picture of one channel': (k, t) => [
    k.conv(t('x', [1, 2, 2, 1]), t('w', [4, 4, 1, 3])),
    k.convInputGradient(t('dy', [1, 1, 1, 3]), t('w', [4, 4, 1, 3])),
    k.convFilterGradient(t('x', [1, 2, 2, 1]), t('dy', [1, 1, 1, 3])),
  ],
  'convolutions of 33 pictures of 3 and 5 channels': (k, t) => [
    k.conv(t('x', [33, 4, 6, 3]), t('w', [4, 4, 3, 5])),
    k.convInputGradient(t('dy', [33, 2, 3, 5]), t('w', [4, 4, 3, 5])),
    k.convFilterGradient(t('x', [33, 4, 6, 3]), t('dy', [33, 2, 3, 5])),
  ],
  'products of one value, of few rows with long sums, and in large tiles that do not fit': (k, t) => [
    k.matMul(t('a', [1, 1]), t('b', [1, 1])),
    k.matMul(t('a', [7, 4999]), t('b', [4999, 9])),
    k.matMul(t('a', [520, 3]), t('b', [3, 513])),
  ],
  'sums over 5,001 rows of 3 channels, in parts': (k, t) => {
    const channels = (values: number[]) => k.tensorFloat32(Float32Array.from(values), [3]);
    const affine = { gamma: channels([1, 2, 3]), beta: channels([0, 1, 2]) };
    const { y, saved, running } = k.batchNorm(t('x', [5001, 1, 1, 3]), affine, { mean: affine.beta, variance: affine.gamma });
    const { dx, dgamma, dbeta } = k.batchNormGradient(t('dy', [5001, 1, 1, 3]), saved);
    return [y, running!.mean, running!.variance, dx, dgamma, dbeta, k.biasGradient(t('x', [5001, 3]))];
  },
  'batch norm of one picture': (k, t) => {
    const channels = (values: number[]) => k.tensorFloat32(Float32Array.from(values), [3]);
    const affine = { gamma: channels([1, 2, 3]), beta: channels([1, 1, 2]) };
    const { y, running } = k.batchNorm(t('x', [1, 1, 1, 3]), affine, { mean: affine.beta, variance: affine.gamma });
    return [y, running!.mean, running!.variance];
  },
};

async function compute(k: Kernels, work: Case): Promise<Float32Array[]> {
  const results = k.scope(() => work(k, (name, shape) => k.tensor(draw(name, sizeOf(shape)), shape)));
  const values = await Promise.all(results.map((tensor) => k.read(tensor)));
  k.free(...results);
  return values;
}

describe('odd shapes on WebGPU', () => {
  it.each(Object.keys(CASES))('%s', async (name) => {
    const expected = await withKernels('cpu', (k) => compute(k, CASES[name]!));
    const values = await withKernels('webgpu', (k) => compute(k, CASES[name]!));
    for (const [i, value] of values.entries()) expect(relativeError(value, expected[i]!), `result ${i}`).toBeLessThan(1e-4);
  });

  it('have no more workgroups in a row than every WebGPU has, and reach every tile', async () => {
    const none = { size: 0 };
    const pictures = { storage: none, shape: [8192, 64, 64, 3] };
    const large = convolution(pictures, { storage: none, shape: [4, 4, 3, 8] });
    const [node] = productNodes({ ...large, output: { size: sizeOf(large.shape) } }, () => none);
    expect(Math.max(...node!.workgroups)).toBeLessThanOrEqual(65_535);
    expect(node!.workgroups[0] * node!.workgroups[1]).toBeGreaterThanOrEqual((8192 * 32 * 32) / 64);
    const small = matrixProduct(
      { storage: none, shape: [65, 3] },
      { storage: none, shape: [3, 2] },
      { transposeA: false, transposeB: false },
    );
    expect(productNodes({ ...small, output: { size: 130 } }, () => none)[0]!.workgroups).toEqual([2, 1, 1]);
  });
});

describe('what goes wrong on WebGPU', () => {
  it('shows: NaN stays NaN through the activations of the networks', async () => {
    await withKernels('webgpu', async (k) => {
      const x = k.tensor(Float32Array.of(Number.NaN, 1, -1), [3]);
      for (const activate of [k.tanh, k.leakyRelu, k.negate]) {
        const y = activate(x);
        expect([...(await k.read(y))].map(Number.isNaN), String(activate)).toEqual([true, false, false]);
        k.free(y);
      }
      k.free(x);
    });
  });

  it('a device that is lost is said, and is no crash', async () => {
    await withKernels('webgpu', provideWebgpu); // on the GPU of the other tests
    const gpu = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const k = createWebgpuKernels(new Device(gpu));
    const y = k.negate(k.tensor(Float32Array.of(1), [1]));
    expect([...(await k.read(y))]).toEqual([-1]);
    gpu.destroy();
    await expect(k.read(k.negate(y))).rejects.toThrow('The GPU device was lost');
    await expect(k.ready()).rejects.toThrow('The GPU device was lost');
  });

  it.each([
    ['a lack of memory', 'GPUOutOfMemoryError', 'Failed to allocate', 'GPUOutOfMemoryError: Failed to allocate', 'out-of-gpu-memory'],
    ['what the device refuses', 'GPUValidationError', 'Binding is too large\nmore', 'WebGPU: Binding is too large', null],
  ])('%s ends the next step, in a line that the runner understands', async (_, type, message, expected, failure) => {
    const gpu = createIdleGpu();
    let report: (event: { error: Error }) => void = () => {};
    gpu.addEventListener = ((__: string, listener: typeof report) => {
      report = listener;
    }) as never;
    const k = createWebgpuKernels(new Device(gpu));
    const x = k.negate(k.tensor(new Float32Array(4), [4]));
    const error = Object.assign(new Error(message), { constructor: { name: type } });
    report({ error });
    await expect(k.read(x)).rejects.toThrow(expected);
    expect(recogniseFailure(expected)).toBe(failure);
  });
});
