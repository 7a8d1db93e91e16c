import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import type { Kernels, Tensor } from '../../../src/model/kernels/kernels.ts';
import { createLabelPlanes } from '../../../src/model/networks/label-planes.ts';
import { BACKENDS, relativeError, withKernels } from '../../helpers/kernels.ts';

const random = (name: string, size: number) => {
  const stream = createRandom(1, name);
  return Float32Array.from({ length: size }, () => stream.normal());
};

type Case = (k: Kernels, upload: (name: string, shape: number[]) => Tensor) => Tensor[];

/** Each is small, and has a shape that a wrong stride, padding or transposition would not survive. */
const cases: Record<string, Case> = {
  conv: (k, t) => [k.conv(t('x', [3, 8, 12, 5]), t('w', [4, 4, 5, 7]))],
  'conv of a picture': (k, t) => [k.conv(t('x', [2, 16, 16, 3]), t('w', [4, 4, 3, 8]))],
  convInputGradient: (k, t) => [k.convInputGradient(t('dy', [3, 4, 6, 7]), t('w', [4, 4, 5, 7]))],
  'convInputGradient to a picture': (k, t) => [k.convInputGradient(t('dy', [2, 8, 8, 16]), t('w', [4, 4, 3, 16]))],
  // Numbers of channels that some processors' convolutions stumble over.
  'conv of 33 channels': (k, t) => [k.conv(t('x', [2, 8, 8, 33]), t('w', [4, 4, 33, 18]))],
  'convInputGradient to 36 channels': (k, t) => [k.convInputGradient(t('dy', [2, 4, 4, 18]), t('w', [4, 4, 36, 18]))],
  'convInputGradient to 48 channels': (k, t) => [k.convInputGradient(t('dy', [2, 4, 4, 16]), t('w', [4, 4, 48, 16]))],
  'convInputGradient to 72 channels': (k, t) => [k.convInputGradient(t('dy', [2, 4, 4, 16]), t('w', [4, 4, 72, 16]))],
  convFilterGradient: (k, t) => [k.convFilterGradient(t('x', [3, 8, 12, 5]), t('dy', [3, 4, 6, 7]))],
  'convFilterGradient of a small map': (k, t) => [k.convFilterGradient(t('x', [4, 8, 8, 16]), t('dy', [4, 4, 4, 32]))],
  // Many weights for few positions: the form with patches.
  'conv of a tiny map': (k, t) => [k.conv(t('x', [1, 4, 4, 64]), t('w', [4, 4, 64, 32]))],
  'convFilterGradient of a tiny map': (k, t) => [k.convFilterGradient(t('x', [1, 4, 4, 64]), t('dy', [1, 2, 2, 32]))],
  'convFilterGradient of a picture': (k, t) => [k.convFilterGradient(t('x', [2, 16, 16, 3]), t('dy', [2, 8, 8, 8]))],
  matMul: (k, t) => [k.matMul(t('a', [5, 9]), t('b', [9, 4]))],
  'matMul, first transposed': (k, t) => [k.matMul(t('a', [9, 5]), t('b', [9, 4]), { transposeA: true })],
  'matMul, second transposed': (k, t) => [k.matMul(t('a', [5, 9]), t('b', [4, 9]), { transposeB: true })],
  'matMul of a shared matrix and a batch': (k, t) => [k.matMul(t('a', [6, 9]), t('b', [3, 9, 4]))],
  'matMul of a shared, transposed matrix and a batch': (k, t) => [k.matMul(t('a', [9, 6]), t('b', [3, 9, 4]), { transposeA: true })],
  'bias and its gradient': (k, t) => [k.addBias(t('x', [2, 3, 3, 5]), t('b', [5])), k.biasGradient(t('x', [2, 3, 3, 5]))],
  'leaky ReLU and its gradient': (k, t) => {
    const y = k.leakyRelu(t('x', [2, 3, 3, 5]));
    return [y, k.leakyReluGradient(t('dy', [2, 3, 3, 5]), y)];
  },
  'tanh and its gradient': (k, t) => {
    const y = k.tanh(t('x', [2, 3, 3, 5]));
    return [y, k.tanhGradient(t('dy', [2, 3, 3, 5]), y)];
  },
  'concat, split, transpose, add': (k, t) => {
    const [a, b] = k.split(k.concat(t('x', [2, 3, 3, 5]), t('z', [2, 3, 3, 2])), 3);
    return [a, b, k.transpose(t('x', [2, 3, 15]), [1, 2, 0]), k.add(t('x', [4, 4]), t('z', [4, 4]))];
  },
  'batch norm, its running statistics and gradients': (k, t) => {
    const ones = k.tensorFloat32(Float32Array.of(1.5, 0.5, 2, 1, 1), [5]);
    const some = k.tensorFloat32(Float32Array.of(0.1, 0.2, -0.3, 0, 1), [5]);
    const state = { gamma: ones, beta: some, mean: some, variance: ones };
    const { y, saved, mean, variance } = k.batchNorm(t('x', [4, 3, 3, 5]), state);
    const { dx, dgamma, dbeta } = k.batchNormGradient(t('dy', [4, 3, 3, 5]), saved);
    return [y, mean, variance, dx, dgamma, dbeta, k.batchNormInference(t('x', [4, 3, 3, 5]), state)];
  },
  'cross-entropy gradients': (k, t) => [k.crossEntropyGradient(t('x', [7]), 1), k.crossEntropyGradient(t('x', [7]), 0)],
  'label planes and their gradients': (k, t) => {
    const planes = createLabelPlanes(k, 8);
    const regions = planes.regions(t('labels', [3, 5]), t('w', [4, 4, 5, 6]));
    const gathered = planes.gather(t('dmap', [3, 8, 8, 6]));
    return [planes.spread(regions), gathered, planes.filterGradient(gathered, t('labels', [3, 5]))];
  },
};

async function compute(k: Kernels, work: Case): Promise<Float32Array[]> {
  const results = k.scope(() =>
    work(k, (name, shape) =>
      k.tensor(
        random(
          name,
          shape.reduce((a, b) => a * b, 1),
        ),
        shape,
      ),
    ),
  );
  const values = await Promise.all(results.map((tensor) => k.read(tensor)));
  k.free(...new Set(results));
  return values;
}

describe.each(BACKENDS)('%s computes what the reference backend computes', (backend) => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const reference = await withKernels('cpu', (k) => compute(k, cases[name]!));
    const values = await withKernels(backend, (k) => compute(k, cases[name]!));
    expect(values).toHaveLength(reference.length);
    const bound = backend.endsWith('bfloat16') ? 2e-2 : 1e-4;
    values.forEach((value, i) => {
      expect(relativeError(value, reference[i]!), `result ${i}`).toBeLessThan(bound);
    });
  });
});

describe.each(['cpu', ...BACKENDS] as const)('the gradient of the loss on %s', (backend) => {
  // float32 is the form sigmoid(x) - target: an absolute error of 1e-7, which at logit 10 is 3e-3 of the gradient.
  const bound = backend.endsWith('bfloat16') ? 2 ** -8 : 4e-3;

  it.each([0, 1] as const)('is what double precision gives for logits from -10 to 10 and target %i', async (target) => {
    const logits = Float32Array.from({ length: 21 }, (_, i) => i - 10);
    const gradient = await withKernels(backend, async (k) => {
      const [dLogits] = k.scope(() => [k.crossEntropyGradient(k.tensor(logits, [21]), target)]);
      const values = await k.read(dLogits!);
      k.free(dLogits!);
      return values;
    });
    logits.forEach((logit, i) => {
      const expected = (target === 0 ? 1 / (1 + Math.exp(-logit)) : -1 / (1 + Math.exp(logit))) / 21;
      expect(Math.abs(gradient[i]! / expected - 1), `logit ${logit}`).toBeLessThan(bound);
    });
  });
});

describe('label planes', () => {
  it('equal a convolution over full planes, and so do their gradients', async () => {
    const [batch, conditions, channels, size] = [3, 5, 6, 8];
    const [full, short] = await withKernels('cpu', async (k) => {
      const labels = random('labels', batch * conditions);
      const broadcast = Float32Array.from({ length: batch * (2 * size) ** 2 * conditions }, (_, i) => {
        const picture = Math.floor(i / ((2 * size) ** 2 * conditions));
        return labels[picture * conditions + (i % conditions)]!;
      });
      const both = k.scope(() => {
        const filter = k.tensor(random('w', 16 * conditions * channels), [4, 4, conditions, channels]);
        const planes = k.tensor(broadcast, [batch, 2 * size, 2 * size, conditions]);
        const dMap = k.tensor(random('dmap', batch * size * size * channels), [batch, size, size, channels]);
        const short = createLabelPlanes(k, size);
        const y = k.tensor(labels, [batch, conditions]);
        return [
          k.conv(planes, filter),
          k.convFilterGradient(planes, dMap),
          short.spread(short.regions(y, filter)),
          short.filterGradient(short.gather(dMap), y),
        ];
      });
      const values = await Promise.all(both.map((tensor) => k.read(tensor)));
      return [values.slice(0, 2), values.slice(2)];
    });
    expect(relativeError(short![0]!, full![0]!)).toBeLessThan(1e-5);
    expect(relativeError(short![1]!, full![1]!)).toBeLessThan(1e-5);
  });

  it('give the next convolution on 6 x 6 what it is on the whole map, and so do their gradients', async () => {
    const [batch, channels, outputs, size] = [2, 3, 4, 8];
    const [full, short] = await withKernels('cpu', async (k) => {
      const both = k.scope(() => {
        const regions = k.tensor(random('regions', batch * 9 * channels), [batch, 9, channels]);
        const filter = k.tensor(random('w', 16 * channels * outputs), [4, 4, channels, outputs]);
        const dMap = k.tensor(random('dmap', batch * size * size * outputs), [batch, size, size, outputs]);
        const [before, after] = [createLabelPlanes(k, 2 * size), createLabelPlanes(k, size)];
        const whole = before.spread(regions);
        const small = after.shrink(regions);
        const dSmall = k.reshape(after.gather(dMap), [batch, 3, 3, outputs]);
        return [
          k.conv(whole, filter),
          k.convFilterGradient(whole, dMap),
          before.gather(k.convInputGradient(dMap, filter)),
          after.spread(k.reshape(k.conv(small, filter), [batch, 9, outputs])),
          k.convFilterGradient(small, dSmall),
          after.gatherShrunk(k.convInputGradient(dSmall, filter)),
        ];
      });
      const values = await Promise.all(both.map((tensor) => k.read(tensor)));
      return [values.slice(0, 3), values.slice(3)];
    });
    for (const [i, values] of short!.entries()) expect(relativeError(values, full![i]!)).toBeLessThan(1e-5);
  });
});
