// The same networks written plainly with tfjs operations, full label planes and automatic gradients: an independent
// reference for the networks, their options and their gradients.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { NetworkShape } from '../../src/model/networks/shape.ts';

type Weights = Record<string, tf.Tensor>;
type Values = ReadonlyMap<string, Float32Array>;
type Shapes = ReadonlyMap<string, readonly number[]>;

const leaky = (x: tf.Tensor) => tf.leakyRelu(x, 0.2);

function norm(w: Weights, name: string, x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const biased = tf.add(x, w[`${name}.bias`]!);
  const { mean, variance } = tf.moments(biased, [0, 1, 2]);
  const normal = tf.div(tf.sub(biased, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const affine = (field: string) => {
    const matrix = w[`${name}.${field}_labels`];
    if (!matrix) return w[`${name}.${field}`]!;
    const rows = tf.unstack(y).map((row) => tf.add(w[`${name}.${field}`]!, tf.sum(tf.mul(tf.expandDims(row, 1), matrix), 0)));
    return tf.reshape(tf.stack(rows), [y.shape[0]!, 1, 1, -1]);
  };
  return tf.add(tf.mul(normal, affine('gamma')), affine('beta'));
}

/** A filter of kernel 3 is one for a map of twice the size, made by nearest neighbours. */
function up(x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  const size = x.shape[1]! * 2;
  if (filter.shape[0] === 3) {
    const [batch, side, , channels] = x.shape as [number, number, number, number];
    const tall = tf.tile(tf.reshape(x, [batch * side, 1, side * channels]), [1, 2, 1]);
    const wide = tf.reshape(tf.tile(tf.reshape(tall, [batch * size * side, 1, channels]), [1, 2, 1]), [
      batch,
      size,
      size,
      channels,
    ]) as tf.Tensor4D;
    return tf.conv2d(wide, tf.transpose(filter, [0, 1, 3, 2]) as tf.Tensor4D, 1, 'same');
  }
  return tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [x.shape[0]!, size, size, filter.shape[2]!], 2, 'same');
}

function referenceGenerator(w: Weights, shape: NetworkShape, [z, y]: tf.Tensor[]): tf.Tensor4D {
  const batch = z!.shape[0]!;
  const branch = (name: string, x: tf.Tensor) =>
    leaky(norm(w, name, tf.reshape(tf.matMul(x as tf.Tensor2D, w[`${name}.weight`] as tf.Tensor2D), [batch, 4, 4, shape.width]), y!));
  let h: tf.Tensor = tf.concat([branch('noise', z!), branch('label', y!)], 3);
  for (let level = 1; w[`up${level}.weight`]; level++) h = leaky(norm(w, `up${level}`, up(h, w[`up${level}.weight`]!), y!));
  return tf.tanh(tf.add(up(h, w['image.weight']!), w['image.bias']!));
}

/** Of a weight as a matrix [rows, out], by its name. */
export type SpectralVectors = ReadonlyMap<string, { u: Float64Array; v: Float64Array }>;

/** One power iteration from `before`, u by the weight's name, in double precision. */
export function iterateByHand(weights: Values, before: Values): SpectralVectors {
  const unit = (x: Float64Array) => x.map((value) => value / Math.hypot(...x));
  return new Map(
    [...before].map(([name, u]) => {
      const [w, out] = [weights.get(name)!, u.length];
      const v = unit(
        Float64Array.from({ length: w.length / out }, (_, row) => u.reduce((sum, value, o) => sum + value * w[row * out + o]!, 0)),
      );
      const next = unit(Float64Array.from({ length: out }, (_, o) => v.reduce((sum, value, row) => sum + value * w[row * out + o]!, 0)));
      return [name, { u: next, v }];
    }),
  );
}

/** Divides the weights that have vectors by v' W u. */
function divide(w: Weights, vectors: SpectralVectors): Weights {
  const divided = { ...w };
  for (const [name, { u, v }] of vectors) {
    const weight = w[name]!;
    const products = tf.mul(tf.reshape(weight, [v.length, u.length]), tf.outerProduct(tf.tensor1d([...v]), tf.tensor1d([...u])));
    divided[name] = tf.div(weight, tf.sum(products));
  }
  return divided;
}

function referenceDiscriminator(w: Weights, [x, y]: tf.Tensor[]): { logits: tf.Tensor; labelLogits: tf.Tensor | undefined } {
  const [batch, size] = x!.shape as [number, number];
  const down = (input: tf.Tensor, filter: tf.Tensor) => tf.conv2d(input as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same');
  let h: tf.Tensor = leaky(tf.add(down(x!, w['image.weight']!), w['image.bias']!));
  if (w['label.weight']) {
    const planes = tf.tile(tf.reshape(y!, [batch, 1, 1, y!.shape[1]!]), [1, size, size, 1]);
    h = tf.concat([h, leaky(tf.add(down(planes, w['label.weight']), w['label.bias']!))], 3);
  }
  for (let level = 2; w[`down${level}.weight`]; level++) {
    const name = `down${level}`;
    const convolved = down(h, w[`${name}.weight`]!);
    h = leaky(w[`${name}.gamma`] ? norm(w, name, convolved, y!) : tf.add(convolved, w[`${name}.bias`]!));
  }
  const features = tf.reshape(h, [batch, -1]) as tf.Tensor2D;
  let logits = tf.reshape(tf.add(tf.matMul(features, w['logit.weight'] as tf.Tensor2D), w['logit.bias']!), [batch]);
  if (w['projection.weight']) {
    const wanted = tf.matMul(y as tf.Tensor2D, w['projection.weight'] as tf.Tensor2D);
    logits = tf.add(logits, tf.sum(tf.mul(features, wanted), 1));
  }
  const head = w['auxiliary.weight'] as tf.Tensor2D | undefined;
  return { logits, labelLogits: head && tf.add(tf.matMul(features, head), w['auxiliary.bias']!) };
}

/**
 * What the draws of diff-augment.ts stand for: matrices that move, what a cut leaves, what is added and two pairs of a factor and a share.
 */
export function augmentPlainly(
  pictures: tf.Tensor,
  { kinds, draws }: { kinds: readonly string[]; draws: readonly { values: Float32Array; shape: readonly number[] }[] },
): tf.Tensor {
  const rest = draws.map(({ values, shape }) => tf.tensor(values, [...shape]));
  const next = () => rest.shift()!;
  let x = pictures;
  for (const kind of kinds) {
    if (kind === 'cutout') x = tf.mul(x, next());
    else if (kind === 'translation') {
      const [rows, columns] = [next(), next()].map((matrices) => tf.stack([matrices, matrices, matrices], 1)); // [B, 3, S, S]
      const byChannel = tf.transpose(x, [0, 3, 1, 2]);
      x = tf.transpose(tf.matMul(tf.matMul(rows!, byChannel), columns!, false, true), [0, 2, 3, 1]);
    } else {
      const around = (mean: tf.Tensor, factor: tf.Tensor) => tf.add(mean, tf.mul(tf.sub(x, mean), factor));
      x = tf.add(x, next());
      for (const axes of [[3], [1, 2, 3]]) {
        const factor = next();
        next();
        x = around(tf.mean(x, axes, true), factor);
      }
    }
  }
  return x;
}

const crossEntropy = (logits: tf.Tensor, target: number) => tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target))) as tf.Scalar;

interface Inputs {
  shape: NetworkShape;
  shapes: { generator: Shapes; discriminator: Shapes };
  pixels: Float32Array;
  labels: Float32Array;
  noise: Float32Array;
  loss?: 'crossEntropy' | 'hinge';
  labelSmoothing?: number;
  /** What a picture counts in the classifier's loss that has each label, and that lacks it. */
  balance?: { on: number[]; off: number[] };
  vectors?: SpectralVectors;
  augment?: (pictures: tf.Tensor, purpose: 'real' | 'generated' | 'fooling') => tf.Tensor;
}

/** Gradients of lossD by D's weights, and of lossG by G's, on the active backend, by name. */
export function referenceGradients(inputs: Inputs, generator: Values, discriminator: Values) {
  const { shape, shapes, pixels, labels, noise, loss, labelSmoothing = 0, balance, vectors = new Map(), augment = (x) => x } = inputs;
  tf.engine().startScope();
  try {
    const batch = labels.length / shape.conditions;
    const upload = (values: Values, of: Shapes): Weights =>
      Object.fromEntries([...of].map(([name, dimensions]) => [name, tf.tensor(values.get(name)!, [...dimensions])]));
    const [g, d] = [upload(generator, shapes.generator), upload(discriminator, shapes.discriminator)];
    const x = tf.tensor(pixels, [batch, shape.imageSize, shape.imageSize, 3]);
    const y = tf.tensor(labels, [batch, shape.conditions]);
    const z = tf.tensor(noise, [batch, shape.latentSize]);
    const fake = referenceGenerator(g, shape, [z, y]);
    const gradientsOf = (weights: Weights, lossOf: (w: Weights) => tf.Scalar) => {
      const names = Object.keys(weights);
      const gradients = tf.grads((...tensors: tf.Tensor[]) => lossOf(Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))))(
        names.map((name) => weights[name]!),
      );
      return new Map(names.map((name, i) => [name, gradients[i]!.dataSync<'float32'>().slice()]));
    };
    const ofReal = (logits: tf.Tensor) =>
      loss === 'hinge' ? tf.mean(tf.relu(tf.sub(1, logits))) : crossEntropy(logits, 1 - labelSmoothing);
    const ofFake = (logits: tf.Tensor) => (loss === 'hinge' ? tf.mean(tf.relu(tf.add(1, logits))) : crossEntropy(logits, 0));
    const ofFooled = (logits: tf.Tensor) => (loss === 'hinge' ? tf.neg(tf.mean(logits)) : crossEntropy(logits, 1));
    const ofLabels = (logits: tf.Tensor | undefined): tf.Tensor => {
      if (!logits || !balance) return tf.scalar(0);
      const weights = tf.where(
        tf.greater(y, 0.5),
        tf.tile(tf.tensor2d([balance.on]), [batch, 1]),
        tf.tile(tf.tensor2d([balance.off]), [batch, 1]),
      );
      const each = tf.sub(tf.softplus(logits), tf.mul(logits, y));
      return tf.mul(tf.mean(tf.mul(each, weights)), shape.auxiliaryWeight!);
    };
    return {
      discriminator: gradientsOf(d, (w) => {
        const real = referenceDiscriminator(divide(w, vectors), [augment(x, 'real'), y]);
        const generated = referenceDiscriminator(divide(w, vectors), [augment(fake, 'generated'), y]);
        return tf.addN([ofReal(real.logits), ofFake(generated.logits), ofLabels(real.labelLogits)]) as tf.Scalar;
      }),
      generator: gradientsOf(g, (w) => {
        const seen = augment(referenceGenerator(w, shape, [z, y]), 'fooling');
        const { logits, labelLogits } = referenceDiscriminator(divide(d, vectors), [seen, y]);
        return tf.add(ofFooled(logits), ofLabels(labelLogits)) as tf.Scalar;
      }),
    };
  } finally {
    tf.engine().endScope();
  }
}
