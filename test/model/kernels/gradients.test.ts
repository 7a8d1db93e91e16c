import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createTape } from '../../../src/model/autodiff/tape.ts';
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
  'add, sub and mul of what is spread': (k, t) => {
    const [map, row, column] = [t('x', [2, 3, 3, 5]), t('y', [2, 1, 1, 5]), t('z', [1, 3, 1, 1])];
    return [k.add(map, row), k.sub(column, map), k.mul(map, row), k.mul(column, row), k.sub(row, map)];
  },
  'negate, reciprocal, rsqrt, sigmoid': (k, t) => {
    const x = t('x', [3, 4]);
    const positive = k.add(k.mul(x, x), k.spread(k.tensor(Float32Array.of(1), [1, 1]), [3, 4]));
    return [k.negate(x), k.reciprocal(positive), k.rsqrt(positive), k.sigmoid(x)];
  },
  'sums over the first, middle, last and all axes, and over one of size 1': (k, t) => {
    const x = t('x', [3, 4, 5, 6]);
    return [[0], [1, 2], [3], [0, 1, 2], [0, 3], [0, 1, 2, 3]].map((axes) => k.sum(x, axes)).concat(k.sum(t('y', [3, 1, 4]), [1]));
  },
  'sum of long rows': (k, t) => [k.sum(t('x', [12, 20_000]), [0]), k.sum(t('x', [2, 12, 5000]), [1])],
  'spread along several axes': (k, t) => [k.spread(t('x', [2, 3, 1, 3, 1, 2]), [2, 3, 2, 3, 2, 2]), k.spread(t('x', [1, 4]), [3, 4])],
  'batch norm, its running statistics and gradients': (k, t) => {
    const ones = k.tensorFloat32(Float32Array.of(1.5, 0.5, 2, 1, 1), [5]);
    const some = k.tensorFloat32(Float32Array.of(0.1, 0.2, -0.3, 0, 1), [5]);
    const [affine, before] = [
      { gamma: ones, beta: some },
      { mean: some, variance: ones },
    ];
    const { y, saved, running } = k.batchNorm(t('x', [4, 3, 3, 5]), affine, before);
    const { dx, dgamma, dbeta } = k.batchNormGradient(t('dy', [4, 3, 3, 5]), saved);
    return [y, running!.mean, running!.variance, dx, dgamma, dbeta, k.batchNormInference(t('x', [4, 3, 3, 5]), affine, before)];
  },
  'batch norm without running statistics': (k, t) => {
    const ones = k.tensorFloat32(new Float32Array(5).fill(1), [5]);
    const { y, saved, running } = k.batchNorm(t('x', [4, 3, 3, 5]), { gamma: ones, beta: ones });
    expect(running).toBeUndefined();
    return [y, k.batchNormGradient(t('dy', [4, 3, 3, 5]), saved).dx];
  },
  'cross-entropy gradients': (k, t) => [k.crossEntropyGradient(t('x', [7]), 1), k.crossEntropyGradient(t('x', [7]), 0)],
  'hinge and smoothed cross-entropy gradients': (k, t) => [
    k.hingeGradient(t('x', [7]), 1),
    k.hingeGradient(t('x', [7]), 0),
    k.crossEntropyGradient(t('x', [7]), 0.9),
  ],
  'label planes and their gradients': (kernels, t) => {
    const { k, backward } = createTape(kernels);
    const planes = createLabelPlanes(kernels, 8);
    const [first, second] = [t('w', [4, 4, 5, 6]), t('v', [4, 4, 6, 4])];
    const regions = planes.convolve(k, t('labels', [3, 5]), first);
    const map = planes.convolveAgain(k, regions, second);
    return [regions, map, ...backward([map], [t('dmap', [3, 8, 8, 4])], [first, second])];
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

describe.each(['cpu', ...BACKENDS] as const)('the gradient of the other losses on %s', (backend) => {
  const compute = (logits: number[], work: (k: Kernels, logits: Tensor) => Tensor) =>
    withKernels(backend, async (k) => {
      const [gradient] = k.scope(() => [work(k, k.tensor(Float32Array.from(logits), [logits.length]))]);
      const values = await k.read(gradient!);
      k.free(gradient!);
      return [...values].map((value) => value + 0); // no -0
    });

  it('has of the hinge loss the slope of its two straight parts', async () => {
    const logits = [-4, -1, -0.5, 0, 0.5, 0.99609375, 1, 4];
    const slope = 1 / logits.length;
    const real = await compute(logits, (k, x) => k.hingeGradient(x, 1));
    const fake = await compute(logits, (k, x) => k.hingeGradient(x, 0));
    expect(real).toEqual(logits.map((logit) => (logit < 1 ? -slope : 0)));
    expect(fake).toEqual(logits.map((logit) => (logit > -1 ? slope : 0)));
  });

  it('is zero where the probability is the smoothed target', async () => {
    const [below, at, above] = await compute([0, 2, 4, 0], (k, x) => k.crossEntropyGradient(x, 1 / (1 + Math.exp(-2))));
    expect(below! * 4).toBeCloseTo(0.5 - 0.8808, 2);
    expect(at! * 4).toBeCloseTo(0, 5);
    expect(above! * 4).toBeCloseTo(0.982 - 0.8808, 2);
  });
});

describe('label planes', () => {
  it('equal two convolutions over full planes, and so do their gradients', async () => {
    const [batch, conditions, channels, outputs, size] = [3, 5, 6, 4, 8];
    const side = 4 * size;
    const labels = random('labels', batch * conditions);
    const broadcast = Float32Array.from({ length: batch * side ** 2 * conditions }, (_, i) => {
      const picture = Math.floor(i / (side ** 2 * conditions));
      return labels[picture * conditions + (i % conditions)]!;
    });
    const [full, short] = await withKernels('cpu', async (kernels) => {
      const both = kernels.scope(() => {
        const { k, backward } = createTape(kernels);
        const upload = (name: string, shape: number[]) =>
          kernels.tensor(
            random(
              name,
              shape.reduce((a, b) => a * b, 1),
            ),
            shape,
          );
        const [first, second] = [upload('w', [4, 4, conditions, channels]), upload('v', [4, 4, channels, outputs])];
        const dMap = upload('dmap', [batch, size, size, outputs]);
        const whole = k.conv(k.leakyRelu(k.conv(kernels.tensor(broadcast, [batch, side, side, conditions]), first)), second);
        const planes = createLabelPlanes(kernels, size);
        const regions = k.leakyRelu(planes.convolve(k, kernels.tensor(labels, [batch, conditions]), first));
        const short = planes.convolveAgain(k, regions, second);
        return [whole, short].flatMap((map) => [map, ...backward([map], [dMap], [first, second])]);
      });
      const values = await Promise.all(both.map((tensor) => kernels.read(tensor)));
      return [values.slice(0, 3), values.slice(3)];
    });
    for (const [i, values] of short!.entries()) expect(relativeError(values, full![i]!), `result ${i}`).toBeLessThan(1e-5);
  });
});
