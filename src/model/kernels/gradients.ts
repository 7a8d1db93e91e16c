// The gradient rule of every operation that a tape can record: what a call depends on, and how the gradient of its output becomes those of
// its inputs. A new operation that is to be differentiated gets its rule here.

import type { Kernels, Tensor } from './kernels.ts';

/** One call of an operation. */
export interface Call {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  /** For the gradient of each output: a function for each input. Only those of wanted inputs are called. */
  backward(...dOutputs: Tensor[]): readonly (() => Tensor)[];
}

type Rule<Operation> = Operation extends (...parameters: infer Parameters) => infer Result
  ? (k: Kernels, result: Result, ...parameters: Parameters) => Call
  : never;

type Differentiable =
  | 'activation'
  | 'float32'
  | 'reshape'
  | 'concat'
  | 'split'
  | 'transpose'
  | 'matMul'
  | 'add'
  | 'sub'
  | 'mul'
  | 'negate'
  | 'reciprocal'
  | 'sum'
  | 'spread'
  | 'addBias'
  | 'conv'
  | 'convInputGradient'
  | 'leakyRelu'
  | 'tanh'
  | 'batchNorm';

/** The operations that networks are written with, constants among them: kernels, or a tape's, which remember their calls. */
export type Operations = Pick<Kernels, Differentiable | 'tensor' | 'tensorFloat32'>;

export const GRADIENTS: { [Name in Differentiable]: Rule<Kernels[Name]> } = {
  activation: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.float32(dy)] }),
  float32: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.activation(dy)] }),
  reshape: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.reshape(dy, x.shape)] }),
  concat: (k, y, a, b) => ({
    inputs: [a, b],
    outputs: [y],
    backward(dy) {
      const halves = once(() => k.split(dy, a.shape.at(-1)!));
      return [() => halves()[0], () => halves()[1]];
    },
  }),
  split: (k, parts, x) => ({ inputs: [x], outputs: parts, backward: (da, db) => [() => k.concat(da!, db!)] }),
  transpose: (k, y, x, permutation) => ({
    inputs: [x],
    outputs: [y],
    backward: (dy) => [
      () =>
        k.transpose(
          dy,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ],
  }),
  matMul: (k, y, a, b, options) => ({ inputs: [a, b], outputs: [y], backward: (dy) => productGradients(k, dy, { a, b, ...options }) }),
  add: (k, y, a, b) => ({ inputs: [a, b], outputs: [y], backward: (dy) => [() => sumTo(k, dy, a), () => sumTo(k, dy, b)] }),
  sub: (k, y, a, b) => ({ inputs: [a, b], outputs: [y], backward: (dy) => [() => sumTo(k, dy, a), () => k.negate(sumTo(k, dy, b))] }),
  mul: (k, y, a, b) => ({
    inputs: [a, b],
    outputs: [y],
    backward: (dy) => [() => sumTo(k, k.mul(dy, b), a), () => sumTo(k, k.mul(dy, a), b)],
  }),
  negate: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.negate(dy)] }),
  reciprocal: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.negate(k.mul(dy, k.mul(y, y)))] }),
  sum: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.spread(dy, x.shape)] }),
  spread: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => sumTo(k, dy, x)] }),
  addBias: (k, y, x, bias) => ({ inputs: [x, bias], outputs: [y], backward: (dy) => [() => dy, () => k.biasGradient(dy)] }),
  conv: (k, y, x, filter) => ({
    inputs: [x, filter],
    outputs: [y],
    backward: (dy) => [() => k.convInputGradient(dy, filter), () => k.convFilterGradient(x, dy)],
  }),
  convInputGradient: (k, y, x, filter) => ({
    inputs: [x, filter],
    outputs: [y],
    backward: (dy) => [() => k.conv(dy, filter), () => k.convFilterGradient(dy, x)],
  }),
  leakyRelu: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.leakyReluGradient(dy, y)] }),
  tanh: (k, y, x) => ({ inputs: [x], outputs: [y], backward: (dy) => [() => k.tanhGradient(dy, y)] }),
  batchNorm: (k, { y, saved }, x, { gamma, beta }) => ({
    inputs: [x, gamma, beta],
    outputs: [y],
    backward(dy) {
      const gradients = once(() => k.batchNormGradient(dy, saved));
      return [() => gradients().dx, () => gradients().dgamma, () => gradients().dbeta];
    },
  }),
};

/** The gradient of what was spread: summed over the axes along which it was. */
function sumTo(k: Kernels, gradient: Tensor, { shape }: Tensor): Tensor {
  const spreadAxes = shape.flatMap((size, axis) => (size === 1 && gradient.shape[axis]! > 1 ? [axis] : []));
  return spreadAxes.length === 0 ? gradient : k.sum(gradient, spreadAxes);
}

interface Product {
  a: Tensor;
  b: Tensor;
  transposeA?: boolean;
  transposeB?: boolean;
}

/** With A and B as they are multiplied: dA = dy B' and dB = A' dy. A matrix that a batch shares gets the sum over the batch. */
function productGradients(k: Kernels, dy: Tensor, { a, b, transposeA = false, transposeB = false }: Product): (() => Tensor)[] {
  const ofA = () =>
    transposeA ? k.matMul(b, dy, { transposeA: transposeB, transposeB: true }) : k.matMul(dy, b, { transposeB: !transposeB });
  const ofB = () =>
    transposeB ? k.matMul(dy, a, { transposeA: true, transposeB: transposeA }) : k.matMul(a, dy, { transposeA: !transposeA });
  const sumOverBatch = (gradient: Tensor, shape: readonly number[]) => {
    if (gradient.shape.length === shape.length) return gradient;
    const values = shape.reduce((product, size) => product * size, 1);
    const rows = gradient.shape.reduce((product, size) => product * size, 1) / values;
    return k.reshape(k.biasGradient(k.reshape(gradient, [rows, values])), shape);
  };
  return [() => sumOverBatch(ofA(), a.shape), () => sumOverBatch(ofB(), b.shape)];
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
