// The same networks written plainly with tfjs operations, full label planes and automatic gradients: an independent
// reference for the networks and their gradients.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { NetworkShape } from '../../src/model/networks/shape.ts';

type Weights = Record<string, tf.Tensor>;
type Values = ReadonlyMap<string, Float32Array>;

const leaky = (x: tf.Tensor) => tf.leakyRelu(x, 0.2);

function norm(w: Weights, name: string, x: tf.Tensor): tf.Tensor {
  const biased = tf.add(x, w[`${name}.bias`]!);
  const { mean, variance } = tf.moments(biased, [0, 1, 2]);
  return tf.add(tf.mul(tf.div(tf.sub(biased, mean), tf.sqrt(tf.add(variance, 1e-5))), w[`${name}.gamma`]!), w[`${name}.beta`]!);
}

function referenceGenerator(w: Weights, shape: NetworkShape, [z, y]: tf.Tensor[]): tf.Tensor4D {
  const batch = z!.shape[0]!;
  const branch = (name: string, x: tf.Tensor) =>
    leaky(norm(w, name, tf.reshape(tf.matMul(x as tf.Tensor2D, w[`${name}.weight`] as tf.Tensor2D), [batch, 4, 4, shape.width])));
  const up = (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [batch, x.shape[1]! * 2, x.shape[2]! * 2, filter.shape[2]!], 2, 'same');
  let h: tf.Tensor = tf.concat([branch('noise', z!), branch('label', y!)], 3);
  for (let level = 1; w[`up${level}.weight`]; level++) h = leaky(norm(w, `up${level}`, up(h, w[`up${level}.weight`]!)));
  return tf.tanh(tf.add(up(h, w['image.weight']!), w['image.bias']!));
}

function referenceDiscriminator(w: Weights, [x, y]: tf.Tensor[]): tf.Tensor {
  const [batch, size] = x!.shape as [number, number];
  const down = (input: tf.Tensor, filter: tf.Tensor) => tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
  const planes = tf.tile(tf.reshape(y!, [batch, 1, 1, y!.shape[1]!]), [1, size, size, 1]);
  let h: tf.Tensor = tf.concat(
    [leaky(tf.add(down(x!, w['image.weight']!), w['image.bias']!)), leaky(tf.add(down(planes, w['label.weight']!), w['label.bias']!))],
    3,
  );
  for (let level = 2; w[`down${level}.weight`]; level++) h = leaky(norm(w, `down${level}`, down(h, w[`down${level}.weight`]!)));
  const logits = tf.add(tf.matMul(tf.reshape(h, [batch, -1]) as tf.Tensor2D, w['logit.weight'] as tf.Tensor2D), w['logit.bias']!);
  return tf.reshape(logits, [batch]);
}

const crossEntropy = (logits: tf.Tensor, target: 0 | 1) => tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target))) as tf.Scalar;

interface Inputs {
  shape: NetworkShape;
  shapes: { generator: ReadonlyMap<string, readonly number[]>; discriminator: ReadonlyMap<string, readonly number[]> };
  pixels: Float32Array;
  labels: Float32Array;
  noise: Float32Array;
}

/** Gradients of lossD by D's weights, and of lossG by G's, on the active backend, by name. */
export function referenceGradients({ shape, shapes, pixels, labels, noise }: Inputs, generator: Values, discriminator: Values) {
  tf.engine().startScope();
  try {
    const batch = labels.length / shape.conditions;
    const upload = (values: Values, of: ReadonlyMap<string, readonly number[]>): Weights =>
      Object.fromEntries([...of].map(([name, dimensions]) => [name, tf.tensor(values.get(name)!, [...dimensions])]));
    const [g, d] = [upload(generator, shapes.generator), upload(discriminator, shapes.discriminator)];
    const x = tf.tensor(pixels, [batch, shape.imageSize, shape.imageSize, 3]);
    const y = tf.tensor(labels, [batch, shape.conditions]);
    const z = tf.tensor(noise, [batch, shape.latentSize]);
    const fake = referenceGenerator(g, shape, [z, y]);
    const gradientsOf = (weights: Weights, loss: (w: Weights) => tf.Scalar) => {
      const names = Object.keys(weights);
      const gradients = tf.grads((...tensors: tf.Tensor[]) => loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))))(
        names.map((name) => weights[name]!),
      );
      return new Map(names.map((name, i) => [name, gradients[i]!.dataSync<'float32'>().slice()]));
    };
    return {
      discriminator: gradientsOf(d, (w) =>
        tf.add(crossEntropy(referenceDiscriminator(w, [x, y]), 1), crossEntropy(referenceDiscriminator(w, [fake, y]), 0)),
      ),
      generator: gradientsOf(g, (w) => crossEntropy(referenceDiscriminator(d, [referenceGenerator(w, shape, [z, y]), y]), 1)),
    };
  } finally {
    tf.engine().endScope();
  }
}
