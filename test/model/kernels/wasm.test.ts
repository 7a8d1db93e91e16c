import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import type { Kernels, Tensor } from '../../../src/model/kernels/kernels.ts';
import { wasmFilterGradient } from '../../../src/model/kernels/wasm/filter-gradient.ts';
import { asFourConvolutions, asOneConvolution } from '../../../src/model/kernels/wasm/input-gradient.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import { relativeError, withKernels } from '../../helpers/kernels.ts';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function normal(name: string, shape: readonly number[]): Float32Array {
  const stream = createRandom(3, name);
  return Float32Array.from({ length: size(shape) }, () => stream.normal());
}

type Shapes = Record<string, number[]>;

/** One result of kernels on a backend, for inputs that are the same on each. */
function resultOf(backend: 'cpu' | 'wasm', shapes: Shapes, work: (k: Kernels, inputs: Record<string, Tensor>) => Tensor) {
  return withKernels(backend, async (k) => {
    const before = k.count();
    const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, k.tensor(normal(name, shape), shape)]));
    const [result] = k.scope(() => [work(k, inputs)]);
    const values = await k.read(result!);
    k.free(result!, ...Object.values(inputs));
    expect(k.count()).toBe(before);
    return values;
  });
}

describe('a convolution gradient on WebAssembly', () => {
  const dyAndFilter: [string, Shapes][] = [
    ['a picture', { dy: [2, 8, 6, 16], filter: [4, 4, 3, 16] }],
    ['many channels', { dy: [2, 6, 8, 24], filter: [4, 4, 40, 24] }],
    ['an odd number of channels', { dy: [3, 4, 4, 5], filter: [4, 4, 9, 5] }],
    ['a single place', { dy: [2, 1, 1, 8], filter: [4, 4, 8, 8] }],
  ];

  it.each(dyAndFilter)('is the same in either form for %s', async (_, shapes) => {
    const reference = await resultOf('cpu', shapes, (k, { dy, filter }) => k.convInputGradient(dy!, filter!));
    for (const form of [asFourConvolutions, asOneConvolution]) {
      const values = await resultOf('wasm', shapes, (_k, { dy, filter }) =>
        tf.tidy(() => form(tf, dy as tf.Tensor4D, filter as tf.Tensor4D)),
      );
      expect(relativeError(values, reference), form.name).toBeLessThan(1e-4);
    }
  });

  it('is the same in parts where a batch has too many patches for one', async () => {
    const shapes = { x: [5, 8, 12, 6], dy: [5, 4, 6, 7] };
    const reference = await resultOf('cpu', shapes, (k, { x, dy }) => k.convFilterGradient(x!, dy!));
    const patchesOfTwo = 2 * 16 * 6 * 4 * 6; // so that the last part has one picture
    const values = await resultOf('wasm', shapes, (_k, { x, dy }) =>
      tf.tidy(() => wasmFilterGradient(tf, { x: x as tf.Tensor4D, dy: dy as tf.Tensor4D }, patchesOfTwo)),
    );
    expect(relativeError(values, reference)).toBeLessThan(1e-4);
  });
});

describe('an activation on WebAssembly', () => {
  const special = Float32Array.of(0, -0, 1e-38, -1e-38, 3e38, -3e38, 2, -2);

  it('passes a gradient on whole only where its output is above zero', async () => {
    const [y, dx] = await withKernels('wasm', async (k) => {
      const tensors = k.scope(() => {
        const y = k.leakyRelu(k.tensor(special, [1, 8]));
        return [y, k.leakyReluGradient(k.tensor(new Float32Array(8).fill(1), [1, 8]), y)];
      });
      const values = await Promise.all(tensors.map((tensor) => k.read(tensor)));
      k.free(...tensors);
      return values;
    });
    expect([...y!]).toEqual([...special].map((x) => Math.fround(x > 0 ? x : x * Math.fround(0.2)) + 0)); // either zero
    expect([...dx!]).toEqual([...special].map((x) => (x > 0 ? 1 : Math.fround(0.2))));
  });

  it('keeps the sign and the limits of tanh', async () => {
    const x = Float32Array.of(0, 1e-3, -1e-3, 1, -1, 20, -20, 1e30);
    const values = await withKernels('wasm', async (k) => {
      const [y] = k.scope(() => [k.tanh(k.tensor(x, [8]))]);
      const read = await k.read(y!);
      k.free(y!);
      return read;
    });
    values.forEach((value, i) => {
      expect(Math.abs(value - Math.tanh(x[i]!))).toBeLessThan(3e-7);
    });
  });
});

describe('batch norm on WebAssembly', () => {
  it('is right for channels that lie far from zero and for every number of channels', async () => {
    for (const channels of [1, 3, 48, 300]) {
      const shape = [3, 5, 4, channels];
      const far = normal('far', shape).map((value) => value + 100);
      const compute = (backend: 'cpu' | 'wasm') =>
        withKernels(backend, async (k) => {
          const tensors = k.scope(() => {
            const one = k.tensorFloat32(new Float32Array(channels).fill(1), [channels]);
            const before = { mean: one, variance: one };
            const { y, saved, running } = k.batchNorm(k.tensor(far, shape), { gamma: one, beta: one }, before);
            const { dx, dgamma, dbeta } = k.batchNormGradient(k.tensor(normal('dy', shape), shape), saved);
            return [y, running!.mean, running!.variance, dx, dgamma, dbeta];
          });
          const values = await Promise.all(tensors.map((tensor) => k.read(tensor)));
          k.free(...tensors);
          return values;
        });
      const [reference, values] = [await compute('cpu'), await compute('wasm')];
      values.forEach((value, i) => {
        expect(relativeError(value, reference[i]!), `result ${i} for ${channels} channels`).toBeLessThan(1e-4);
      });
    }
  });
});

describe('a training step on WebAssembly', () => {
  it('is the same, bit for bit, when repeated from the same seed', async () => {
    const train = () =>
      withKernels('wasm', async (k) => {
        const shape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32 } as const;
        const trainer = createTrainer(k, shape, 1);
        for (let step = 1; step <= 3; step++) {
          const logits = trainer.step({
            pixels: normal(`pixels ${step}`, [4, 32, 32, 3]).map(Math.tanh),
            labels: normal(`labels ${step}`, [4, 3]).map((value) => Number(value > 0)),
            noise: normal(`noise ${step}`, [4, 10]),
            adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step },
          });
          k.free(...Object.values(logits));
        }
        return [await trainer.generator.parameters.export(), await trainer.discriminator.parameters.export()];
      });
    expect(await train()).toEqual(await train());
  });
});
