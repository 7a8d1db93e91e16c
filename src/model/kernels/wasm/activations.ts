// Activations, biases, concatenation and splitting on WebAssembly, out of operations that XNNPACK does with
// vector instructions, or copies of whole runs.

import type * as tfjs from '@tensorflow/tfjs-core';
import { type Kernels, LEAKY_SLOPE, type Tensor } from '../kernels.ts';
import { channelMeans, widen } from './channels.ts';
import { copyRuns, openWasmMemory } from './memory.ts';

/** Lifts any positive float above 1. */
const HUGE = 3e38;

export function createWasmActivations(
  tf: typeof tfjs,
): Pick<Kernels, 'leakyRelu' | 'leakyReluGradient' | 'tanh' | 'concat' | 'split' | 'addBias' | 'biasGradient'> {
  const { allocate, views, start, values } = openWasmMemory(tf);
  const own = (x: Tensor): tfjs.Tensor => x as tfjs.Tensor;
  const slopes = new Map<number, tfjs.Tensor>();
  /** As a tensor for `channels`: tfjs's leaky ReLU takes a number, and thirty times as long. */
  const slopeOf = (channels: number): tfjs.Tensor => {
    const slope = slopes.get(channels) ?? tf.keep(tf.fill([channels], LEAKY_SLOPE));
    slopes.set(channels, slope);
    return slope;
  };
  return {
    leakyRelu: (x) => tf.prelu(own(x), slopeOf(x.shape.at(-1)!)),
    leakyReluGradient: (dy, y) => tf.tidy(() => tf.mul(own(dy), tf.clipByValue(tf.mul(own(y), HUGE), LEAKY_SLOPE, 1))),
    // tanh(x) = 2 * sigmoid(2 * x) - 1: to 1.2e-7, like a float near 1, and seven times as fast as tfjs's own
    tanh: (x) => tf.tidy(() => tf.sub(tf.mul(tf.sigmoid(tf.mul(own(x), 2)), 2), 1)),
    concat(a, b) {
      const [left, right] = [a.shape.at(-1)!, b.shape.at(-1)!];
      const rest = a.shape.slice(0, -1);
      const runs = rest.reduce((product, size) => product * size, 1);
      const whole = allocate([...rest, left + right]);
      const to = start(whole);
      const toStep = left + right;
      copyRuns(views(), { runs, length: left, from: start(a), fromStep: left, to, toStep });
      copyRuns(views(), { runs, length: right, from: start(b), fromStep: right, to: to + left, toStep });
      return whole;
    },
    split(x, left) {
      const right = x.shape.at(-1)! - left;
      const rest = x.shape.slice(0, -1);
      const runs = rest.reduce((product, size) => product * size, 1);
      const parts: [tfjs.Tensor, tfjs.Tensor] = [allocate([...rest, left]), allocate([...rest, right])];
      const from = start(x);
      const fromStep = left + right;
      copyRuns(views(), { runs, length: left, from, fromStep, to: start(parts[0]), toStep: left });
      copyRuns(views(), { runs, length: right, from: from + left, fromStep, to: start(parts[1]), toStep: right });
      return parts;
    },
    addBias: (x, bias) =>
      tf.tidy(() => {
        const wide = widen(tf, x);
        return tf.reshape(tf.add(wide.x, wide.repeat(values(bias))), [...x.shape]);
      }),
    biasGradient(dy) {
      const rows = dy.shape.slice(0, -1).reduce((product, size) => product * size, 1);
      return tf.tensor1d(Float32Array.from(channelMeans(tf, dy), (mean) => mean * rows));
    },
  };
}
