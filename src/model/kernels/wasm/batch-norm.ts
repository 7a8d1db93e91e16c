// Batch norm on WebAssembly. Channel by channel arithmetic is in double precision, on the host.

import type * as tfjs from '@tensorflow/tfjs-core';
import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, type Kernels, type Tensor } from '../kernels.ts';
import { channelMeans, widen } from './channels.ts';
import { openWasmMemory } from './memory.ts';

export function createWasmBatchNorm(tf: typeof tfjs): Pick<Kernels, 'batchNorm' | 'batchNormGradient'> {
  const { values } = openWasmMemory(tf);
  const host = (tensor: Tensor) => Float64Array.from(values(tensor));
  const device = (channels: Float64Array) => tf.tensor1d(Float32Array.from(channels));
  return {
    batchNorm(x, affine, running) {
      const rows = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const [gamma, beta] = [host(affine.gamma), host(affine.beta)];
      const wide = widen(tf, x);
      const mean = channelMeans(tf, x);
      const centred = tf.sub(wide.x, wide.repeat(mean));
      const squares = tf.square(centred);
      const variance = channelMeans(tf, squares, x.shape);
      squares.dispose(); // now, so that the next tensor gets its memory while the cache still holds it
      const inverse = variance.map((value) => 1 / Math.sqrt(value + BATCH_NORM_EPSILON));
      const scale = inverse.map((value, c) => value * gamma[c]!);
      const blend = (old: Tensor, batch: Float64Array) =>
        device(host(old).map((value, c) => value + BATCH_NORM_MOMENTUM * (batch[c]! - value)));
      const unbiased = variance.map((value) => (value * rows) / Math.max(1, rows - 1));
      return {
        y: tf.tidy(() => tf.reshape(tf.add(tf.mul(centred, wide.repeat(scale)), wide.repeat(beta)), [...x.shape])),
        saved: { x: tf.reshape(centred, [...x.shape]), gamma: affine.gamma, saved: [device(inverse)] },
        running: running && { mean: blend(running.mean, mean), variance: blend(running.variance, unbiased) },
      };
    },

    batchNormGradient(dy, { x: centred, gamma, saved: [savedInverse] }) {
      const rows = dy.shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const [scale, inverse] = [host(gamma), host(savedInverse!)];
      const wide = widen(tf, dy);
      const wideCentred = widen(tf, centred).x;
      const mean = channelMeans(tf, dy);
      const products = tf.mul(wide.x, wideCentred);
      const product = channelMeans(tf, products, dy.shape);
      products.dispose();
      // dx = gamma * inverse * (dy - mean(dy) - centred * inverse^2 * mean(dy * centred))
      const ofDy = scale.map((value, c) => value * inverse[c]!);
      const ofCentred = ofDy.map((value, c) => -value * inverse[c]! ** 2 * product[c]!);
      const constant = ofDy.map((value, c) => -value * mean[c]!);
      const dx = tf.tidy(() => {
        const both = tf.tidy(() => tf.add(tf.mul(wide.x, wide.repeat(ofDy)), tf.mul(wideCentred, wide.repeat(ofCentred))));
        return tf.reshape(tf.add(both, wide.repeat(constant)), [...dy.shape]);
      });
      return {
        dx,
        dgamma: device(product.map((value, c) => value * inverse[c]! * rows)),
        dbeta: device(mean.map((value) => value * rows)),
      };
    },
  };
}
