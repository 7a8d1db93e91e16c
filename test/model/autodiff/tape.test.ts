import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createTape, type Tape } from '../../../src/model/autodiff/tape.ts';
import { GRADIENTS, type Operations } from '../../../src/model/kernels/gradients.ts';
import type { Kernels, Tensor } from '../../../src/model/kernels/kernels.ts';
import { BACKENDS, relativeError, withKernels } from '../../helpers/kernels.ts';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const random = (name: string, shape: readonly number[]) => {
  const stream = createRandom(2, name);
  return Float32Array.from({ length: size(shape) }, () => stream.normal());
};

interface Rule {
  inputs: number[][];
  ours: (k: Operations, ...inputs: Tensor[]) => Tensor;
  /** The same in tfjs's operations, which tfjs differentiates. */
  plain: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const convOf = (x: tf.Tensor, filter: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
const product = (a: number[], b: number[], transposeA = false, transposeB = false): Rule => ({
  inputs: [a, b],
  ours: (k, x, y) => k.matMul(x, y, { transposeA, transposeB }),
  plain: (x, y) => tf.matMul(x, y, transposeA, transposeB),
});

/** tfjs derives a wrong shape for a matrix that a batch shares, so it multiplies picture by picture. */
const shared = (a: number[], b: number[], transposeA = false): Rule => ({
  ...product(a, b, transposeA),
  plain: (x, y) => tf.stack(tf.unstack(y).map((matrix) => tf.matMul(x, matrix, transposeA))),
});

const rules: Record<string, Rule> = {
  activation: { inputs: [[3, 4]], ours: (k, x) => k.activation(x), plain: (x) => tf.mul(x, 1) },
  float32: { inputs: [[3, 4]], ours: (k, x) => k.float32(x), plain: (x) => tf.mul(x, 1) },
  reshape: { inputs: [[3, 4]], ours: (k, x) => k.reshape(x, [2, 6]), plain: (x) => tf.reshape(x, [2, 6]) },
  concat: {
    inputs: [
      [2, 3, 5],
      [2, 3, 2],
    ],
    ours: (k, a, b) => k.concat(a, b),
    plain: (a, b) => tf.concat([a, b], -1),
  },
  split: {
    inputs: [[3, 6]],
    ours(k, x) {
      const [left, right] = k.split(x, 2);
      return k.concat(k.tanh(right), left);
    },
    plain(x) {
      const [left, right] = tf.split(x, [2, 4], 1) as [tf.Tensor, tf.Tensor];
      return tf.concat([tf.tanh(right), left], 1);
    },
  },
  transpose: { inputs: [[2, 3, 4]], ours: (k, x) => k.transpose(x, [1, 2, 0]), plain: (x) => tf.transpose(x, [1, 2, 0]) },
  matMul: product([5, 4], [4, 3]),
  'matMul, first transposed': product([4, 5], [4, 3], true),
  'matMul, second transposed': product([5, 4], [3, 4], false, true),
  'matMul, both transposed': product([4, 5], [3, 4], true, true),
  'matMul of a shared matrix and a batch': shared([6, 4], [2, 4, 3]),
  'matMul of a shared, transposed matrix and a batch': shared([4, 6], [2, 4, 3], true),
  'matMul of two batches': product([2, 5, 4], [2, 4, 3]),
  'matMul of a batch and a shared matrix': {
    ...product([2, 5, 4], [4, 3]),
    plain: (x, y) => tf.stack(tf.unstack(x).map((matrix) => tf.matMul(matrix, y))),
  },
  add: {
    inputs: [
      [3, 4],
      [3, 4],
    ],
    ours: (k, a, b) => k.add(k.tanh(a), b),
    plain: (a, b) => tf.add(tf.tanh(a), b),
  },
  'add of tensors that are spread': {
    inputs: [
      [2, 1, 4],
      [1, 3, 4],
    ],
    ours: (k, a, b) => k.add(a, b),
    plain: (a, b) => tf.add(a, b),
  },
  sub: {
    inputs: [
      [2, 3, 3, 4],
      [2, 1, 1, 4],
    ],
    ours: (k, a, b) => k.sub(b, k.sub(a, b)),
    plain: (a, b) => tf.sub(tf.mul(b, 2), a),
  },
  mul: {
    inputs: [
      [2, 3, 3, 4],
      [2, 1, 1, 4],
    ],
    ours: (k, a, b) => k.mul(a, b),
    plain: (a, b) => tf.mul(a, b),
  },
  'mul by a single number': {
    inputs: [
      [1, 1],
      [3, 4],
    ],
    ours: (k, a, b) => k.mul(k.mul(a, b), b),
    plain: (a, b) => tf.mul(tf.mul(a, b), b),
  },
  negate: { inputs: [[3, 4]], ours: (k, x) => k.negate(x), plain: (x) => tf.neg(x) },
  reciprocal: {
    inputs: [[3, 4]],
    ours: (k, x) => k.reciprocal(k.sub(k.mul(x, x), k.negate(k.mul(x, x)))),
    plain: (x) => tf.div(0.5, tf.mul(x, x)),
  },
  sum: { inputs: [[2, 3, 4, 5]], ours: (k, x) => k.sum(x, [1, 2]), plain: (x) => tf.sum(x, [1, 2], true) },
  'sum of all but the last axis': { inputs: [[3, 4, 5]], ours: (k, x) => k.sum(x, [0, 1]), plain: (x) => tf.sum(x, [0, 1], true) },
  'sum of all': { inputs: [[3, 4]], ours: (k, x) => k.sum(x, [0, 1]), plain: (x) => tf.sum(x, [0, 1], true) },
  spread: {
    inputs: [[2, 1, 3, 1, 4]],
    ours: (k, x) => k.spread(x, [2, 2, 3, 2, 4]),
    plain: (x) => tf.add(x, tf.zeros([2, 2, 3, 2, 4])),
  },
  'add of a tensor to itself': { inputs: [[3, 4]], ours: (k, a) => k.add(a, k.add(a, a)), plain: (a) => tf.mul(a, 3) },
  addBias: { inputs: [[2, 3, 3, 5], [5]], ours: (k, x, b) => k.addBias(x, b), plain: (x, b) => tf.add(x, b) },
  conv: {
    inputs: [
      [2, 8, 6, 4],
      [4, 4, 4, 6],
    ],
    ours: (k, x, filter) => k.conv(x, filter),
    plain: convOf,
  },
  convInputGradient: {
    inputs: [
      [2, 4, 3, 6],
      [4, 4, 4, 6],
    ],
    ours: (k, x, filter) => k.convInputGradient(x, filter),
    plain: (x, filter) => tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 8, 6, 4], 2, 'same'),
  },
  leakyRelu: { inputs: [[3, 4]], ours: (k, x) => k.leakyRelu(x), plain: (x) => tf.leakyRelu(x, 0.2) },
  tanh: { inputs: [[3, 4]], ours: (k, x) => k.tanh(x), plain: (x) => tf.tanh(x) },
  batchNorm: {
    inputs: [[4, 3, 3, 5], [5], [5]],
    ours: (k, x, gamma, beta) => k.batchNorm(x, { gamma: k.float32(gamma), beta: k.float32(beta) }).y,
    plain(x, gamma, beta) {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gamma), beta);
    },
  },
};

/** Result, and the gradient by every input of the sum of result times fixed numbers: from tfjs. */
async function differentiatePlainly({ inputs, plain }: Rule): Promise<Float32Array[]> {
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const values = inputs.map((shape, i) => tf.tensor(random(`input ${i}`, shape), shape));
    const y = plain(...values);
    const dy = tf.tensor(random('dy', y.shape), y.shape);
    return [y, ...tf.grads((...given: tf.Tensor[]) => plain(...given))(values, dy)].map((tensor) => tensor.dataSync<'float32'>().slice());
  });
}

async function readAll(k: Kernels, tensors: readonly Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => k.read(tensor)));
  k.free(...new Set(tensors));
  return values;
}

describe.each(['cpu', ...BACKENDS] as const)('the gradient rule on %s', (backend) => {
  it.each(Object.keys(rules))('of %s is what tfjs derives', async (name) => {
    const rule = rules[name]!;
    const expected = await differentiatePlainly(rule);
    const values = await withKernels(backend, async (kernels) => {
      const compute = () =>
        kernels.scope(() => {
          const { k, backward } = createTape(kernels);
          const inputs = rule.inputs.map((shape, i) => kernels.tensor(random(`input ${i}`, shape), shape));
          const y = rule.ours(k, ...inputs);
          return [y, ...backward([y], [kernels.tensor(random('dy', y.shape), y.shape)], inputs)];
        });
      await readAll(kernels, compute()); // what a backend makes once and keeps
      const before = kernels.count();
      const read = await readAll(kernels, compute());
      expect(kernels.count(), 'tensors left').toBe(before);
      return read;
    });
    const bound = backend.endsWith('bfloat16') ? 4e-2 : 1e-4;
    expect(values).toHaveLength(expected.length);
    values.forEach((value, i) => {
      expect(relativeError(value, expected[i]!), i === 0 ? 'result' : `by input ${i - 1}`).toBeLessThan(bound);
    });
  });
});

it('has a rule tested for every operation that is recorded', () => {
  expect(Object.keys(GRADIENTS).filter((name) => !(name in rules))).toEqual([]);
});

describe('a tape', () => {
  /** Kernels that count their calls, and a pass of two layers: `work` gets its tensors. */
  const watch = (work: (pass: { tape: Tape; x: Tensor; v: Tensor; w: Tensor; y: Tensor; dy: Tensor }) => Tensor[]) =>
    withKernels('cpu', async (kernels) => {
      const calls: string[] = [];
      const watched = { ...kernels } as unknown as Record<string, unknown>;
      for (const [name, kernel] of Object.entries(kernels)) {
        if (!/Gradient$|^(matMul|add|conv|tanh)$/.test(name)) continue;
        watched[name] = (...given: unknown[]) => {
          calls.push(name);
          return (kernel as (...given: unknown[]) => unknown)(...given);
        };
      }
      const results = kernels.scope(() => {
        const tape = createTape(watched as unknown as Kernels);
        const [x, v, w] = [kernels.tensor(random('x', [2, 8, 8, 3]), [2, 8, 8, 3]), random('v', [4, 4, 3, 4]), random('w', [4, 4, 4, 2])];
        const filters = { v: kernels.tensor(v!, [4, 4, 3, 4]), w: kernels.tensor(w!, [4, 4, 4, 2]) };
        const y = tape.k.conv(tape.k.tanh(tape.k.conv(x, filters.v)), filters.w); // [2, 2, 2, 2]
        calls.length = 0;
        return work({ tape, x, ...filters, y, dy: kernels.tensor(random('dy', y.shape), y.shape) });
      });
      return { calls, values: await readAll(kernels, results) };
    });

  it('computes only what leads to something wanted', async () => {
    const byLast = await watch(({ tape, w, y, dy }) => tape.backward([y], [dy], [w]));
    expect(byLast.calls).toEqual(['convFilterGradient']);
    const byPictures = await watch(({ tape, x, y, dy }) => tape.backward([y], [dy], [x]));
    expect(byPictures.calls).toEqual(['convInputGradient', 'tanhGradient', 'convInputGradient']);
    const byBoth = await watch(({ tape, v, w, y, dy }) => tape.backward([y], [dy], [v, w]));
    expect(byBoth.calls.toSorted()).toEqual(['convFilterGradient', 'convFilterGradient', 'convInputGradient', 'tanhGradient']);
    expect(byBoth.values[1]).toEqual(byLast.values[0]);
  });

  it('adds up what reaches a tensor over several outputs and several uses', async () => {
    const [once] = (await watch(({ tape, w, y, dy }) => tape.backward([y], [dy], [w]))).values;
    const twice = await watch(({ tape, x, v, w, y, dy }) => {
      const again = tape.k.conv(tape.k.tanh(tape.k.conv(x, v)), w);
      return tape.backward([y, again], [dy, dy], [w]);
    });
    expect([...twice.values[0]!]).toEqual([...once!].map((value) => 2 * value));
  });

  it('says where an output does not depend on what is wanted', async () => {
    await expect(watch(({ tape, x, w, y, dy }) => tape.backward([y], [dy], [w, tape.k.tanh(x)]))).rejects.toThrow(
      'no output depends on tensor 1 of those wanted',
    );
  });
});
