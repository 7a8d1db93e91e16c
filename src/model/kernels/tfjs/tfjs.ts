// Kernels on a backend of tfjs itself (WebAssembly, WebGPU, its reference CPU backend), in float32.
// Convolution gradients go through tfjs's kernel registry, where this folder registers what a backend lacks.

import type * as tfjs from '@tensorflow/tfjs-core';
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, type Kernels, LEAKY_SLOPE, type Tensor } from '../kernels.ts';
import { type AdamUpdate, composedAdam, createTfjsParameters } from './parameters.ts';

type Tf = typeof tfjs;

export function createTfjsKernels(tf: Tf, adam: AdamUpdate = composedAdam(tf)): Kernels {
  const own = (x: Tensor): tfjs.Tensor => x as tfjs.Tensor;
  const own4d = (x: Tensor): tfjs.Tensor4D => x as tfjs.Tensor4D;
  const run = (name: string, inputs: Record<string, tfjs.Tensor>, attributes: Record<string, unknown>): tfjs.Tensor =>
    tf.engine().runKernel(name, inputs as never, attributes as never) as tfjs.Tensor;
  const geometry = { strides: 2, pad: 'same', dataFormat: 'NHWC', dimRoundingMode: undefined };
  const allButLast = (x: Tensor) => Array.from({ length: x.shape.length - 1 }, (_, i) => i);

  return {
    precision: 'float32',
    scope: (work) => tf.tidy(() => work() as never),
    keep: (tensor) => tf.keep(own(tensor)) as never,
    free(...tensors) {
      for (const tensor of tensors) own(tensor).dispose();
    },
    count: () => tf.memory().numTensors,
    ready: () => Promise.resolve(), // a call returns when it has computed

    compile: (work) => (inputs) => tf.tidy(() => work(inputs) as never),

    storePictures: () => null, // they lie in this process's memory already

    tensor: (values, shape) => tf.tensor(values, [...shape]),
    tensorFloat32: (values, shape) => tf.tensor(values, [...shape]),
    read: async (x) => (await own(x).data<'float32'>()).slice(),
    parameters: (specs, initial, { averaged = false } = {}) => createTfjsParameters(tf, { specs, initial, adam, averaged }),

    activation: (x) => x,
    float32: (x) => x,
    reshape: (x, shape) => tf.reshape(own(x), [...shape]),
    concat: (a, b) => tf.concat([own(a), own(b)], a.shape.length - 1),
    split(x, a) {
      const last = x.shape.length - 1;
      const [left, right] = tf.split(own(x), [a, x.shape[last]! - a], last);
      return [left!, right!];
    },
    transpose: (x, permutation) => tf.transpose(own(x), [...permutation]),
    matMul(a, b, { transposeA = false, transposeB = false } = {}) {
      return tf.matMul(own(a), own(b), transposeA, transposeB);
    },
    add: (a, b) => tf.add(own(a), own(b)),
    sub: (a, b) => tf.sub(own(a), own(b)),
    mul: (a, b) => tf.mul(own(a), own(b)),
    negate: (x) => tf.neg(own(x)),
    reciprocal: (x) => tf.reciprocal(own(x)),
    rsqrt: (x) => tf.rsqrt(own(x)),
    sigmoid: (x) => tf.sigmoid(own(x)),
    sum: (x, axes) => tf.sum(own(x), [...axes], true),
    spread: (x, shape) => tf.broadcastTo(own(x), [...shape] as [number]),
    addBias: (x, bias) => tf.add(own(x), own(bias)),
    biasGradient: (dy) => tf.sum(own(dy), allButLast(dy)),

    conv: (x, filter) => tf.conv2d(own4d(x), own4d(filter), 2, 'same'),
    convInputGradient(dy, filter) {
      const [batch, height, width] = dy.shape as [number, number, number, number];
      const inputShape = [batch, height * 2, width * 2, filter.shape[2]!];
      return run('Conv2DBackpropInput', { dy: own(dy), filter: own(filter) }, { ...geometry, inputShape });
    },
    convFilterGradient(x, dy) {
      const filterShape = [4, 4, x.shape[3]!, dy.shape[3]!];
      return run('Conv2DBackpropFilter', { x: own(x), dy: own(dy) }, { ...geometry, filterShape });
    },

    leakyRelu: (x) => tf.leakyRelu(own(x), LEAKY_SLOPE),
    leakyReluGradient: (dy, y) => tf.where(tf.greater(own(y), 0), own(dy), tf.mul(own(dy), LEAKY_SLOPE)),
    tanh: (x) => tf.tanh(own(x)),
    tanhGradient: (dy, y) => tf.mul(own(dy), tf.sub(1, tf.square(own(y)))),

    batchNorm(x, { gamma, beta }, running) {
      const axes = allButLast(x);
      const count = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const batchMean = tf.mean(own(x), axes);
      const centred = tf.sub(own(x), batchMean);
      const batchVariance = tf.mean(tf.square(centred), axes);
      const inverse = tf.rsqrt(tf.add(batchVariance, BATCH_NORM_EPSILON));
      const normal = tf.mul(centred, inverse);
      const blend = (old: Tensor, batch: tfjs.Tensor) =>
        tf.add(tf.mul(own(old), 1 - BATCH_NORM_MOMENTUM), tf.mul(batch, BATCH_NORM_MOMENTUM));
      return {
        y: tf.add(tf.mul(normal, own(gamma)), own(beta)),
        saved: { x: normal, gamma, saved: [inverse] },
        running: running && {
          mean: blend(running.mean, batchMean),
          variance: blend(running.variance, tf.mul(batchVariance, count / Math.max(1, count - 1))),
        },
      };
    },
    batchNormGradient(dy, { x: normal, gamma, saved: [inverse] }) {
      const axes = allButLast(dy);
      const count = dy.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const dbeta = tf.sum(own(dy), axes);
      const dgamma = tf.sum(tf.mul(own(dy), own(normal)), axes);
      const inner = tf.sub(own(dy), tf.add(tf.mul(own(normal), tf.div(dgamma, count)), tf.div(dbeta, count)));
      return { dx: tf.mul(inner, tf.mul(own(gamma), own(inverse!))), dgamma, dbeta };
    },
    batchNormInference(x, { gamma, beta }, { mean, variance }) {
      const scale = tf.mul(own(gamma), tf.rsqrt(tf.add(own(variance), BATCH_NORM_EPSILON)));
      return tf.add(tf.mul(own(x), scale), tf.sub(own(beta), tf.mul(own(mean), scale)));
    },

    crossEntropyGradient: (logits, target) => tf.div(tf.sub(tf.sigmoid(own(logits)), target), logits.shape[0]!),
    hingeGradient(logits, target) {
      const isWrong = target === 1 ? tf.less(own(logits), 1) : tf.greater(own(logits), -1);
      return tf.mul(tf.cast(isWrong, 'float32'), (target === 1 ? -1 : 1) / logits.shape[0]!);
    },
  };
}
