// What each network learns in a step: D's logits, and the gradients of the loss with respect to them.

import type { Operations } from '../kernels/gradients.ts';
import type { Kernels, Tensor } from '../kernels/kernels.ts';
import { auxiliaryGradient } from '../networks/auxiliary.ts';
import type { Judgement } from '../networks/discriminator.ts';
import type { NetworkShape } from '../networks/shape.ts';
import { type AdversarialLoss, discriminatorGradients, generatorGradient } from './adversarial-loss.ts';

/** Where a step begins to walk back. */
export interface Objective {
  outputs: Tensor[];
  dOutputs: Tensor[];
}

interface Options {
  k: Kernels;
  /** A tape's. */
  recorded: Operations;
  shape: NetworkShape;
  /** D's pass over pictures [B, S, S, 3] with labels [B, conditions]. */
  judge: (pictures: Tensor, labels: Tensor) => Judgement;
  loss: AdversarialLoss;
  /** Of the pictures that have each label. */
  labelShares: readonly number[];
}

/** What D learns from real pictures and from generated ones, which have the same labels. Also returns its logits [B] of both. */
export function discriminatorObjective(
  options: Options,
  { real, fake, labels }: { real: Tensor; fake: Tensor; labels: Tensor },
): Objective & { real: Tensor; fake: Tensor } {
  const { k, loss } = options;
  const { logits, labelLogits, ofReal } = judgeBoth(options, { real, fake, labels });
  const gradients = discriminatorGradients(k, logits, loss);
  const objective = { ...logits, outputs: [logits.real, logits.fake], dOutputs: [gradients.real, gradients.fake] };
  if (labelLogits) {
    objective.outputs.push(labelLogits);
    objective.dOutputs.push(ofReal(labelLogits, (own) => labelGradient(options, own, labels)));
  }
  return objective;
}

/** What G learns from D's logits [B] of its pictures, which are also returned. */
export function generatorObjective(options: Options, { fake, labels }: { fake: Tensor; labels: Tensor }): Objective & { fooled: Tensor } {
  const { logits, labelLogits } = options.judge(fake, labels);
  const objective = { fooled: logits, outputs: [logits], dOutputs: [generatorGradient(options.k, logits, options.loss)] };
  if (labelLogits) {
    objective.outputs.push(labelLogits);
    objective.dOutputs.push(labelGradient(options, labelLogits, labels));
  }
  return objective;
}

const labelGradient = ({ k, shape, labelShares }: Options, labelLogits: Tensor, labels: Tensor): Tensor =>
  auxiliaryGradient(k, labelLogits, { labels, shares: labelShares, weight: shape.auxiliaryWeight! });

interface JudgedBoth {
  logits: { real: Tensor; fake: Tensor };
  /** Those of real pictures are among them. */
  labelLogits: Tensor | undefined;
  /** A gradient with respect to labelLogits, from that with respect to those of real pictures. */
  ofReal: (labelLogits: Tensor, gradient: (own: Tensor) => Tensor) => Tensor;
}

/** In one pass where no batch norm would mix real and generated pictures: that is less work for small layers. */
function judgeBoth(
  { k, recorded, shape, judge }: Options,
  { real, fake, labels }: { real: Tensor; fake: Tensor; labels: Tensor },
): JudgedBoth {
  if (!shape.spectralNorm) {
    const [ofReal, ofFake] = [judge(real, labels), judge(fake, labels)];
    return {
      logits: { real: ofReal.logits, fake: ofFake.logits },
      labelLogits: ofReal.labelLogits,
      ofReal: (labelLogits, gradient) => gradient(labelLogits),
    };
  }
  const both = judge(stackRows(recorded, real, fake), stackRows(k, labels, labels));
  const logits = splitRows(recorded, both.logits);
  return {
    logits: { real: logits[0], fake: logits[1] },
    labelLogits: both.labelLogits,
    ofReal(labelLogits, gradient) {
      const own = gradient(splitRows(k, labelLogits)[0]);
      return stackRows(k, own, k.tensor(new Float32Array(labels.shape[0]! * labels.shape[1]!), labels.shape)); // D learns the labels of generated pictures from none
    },
  };
}

const sizeOf = ({ shape }: Tensor): number => shape.reduce((product, size) => product * size, 1);

/** Two batches as one: [B, ..] and [B, ..] -> [2 B, ..] */
function stackRows(k: Pick<Kernels, 'reshape' | 'concat'>, a: Tensor, b: Tensor): Tensor {
  const [rows, ...rest] = a.shape as [number, ...number[]];
  const [first, second] = [k.reshape(a, [1, sizeOf(a)]), k.reshape(b, [1, sizeOf(b)])];
  return k.reshape(k.concat(first, second), [2 * rows, ...rest]);
}

/** And back: [2 B, ..] -> [B, ..] and [B, ..] */
function splitRows(k: Pick<Kernels, 'reshape' | 'split'>, x: Tensor): [Tensor, Tensor] {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  const halves = k.split(k.reshape(x, [1, sizeOf(x)]), sizeOf(x) / 2);
  return [k.reshape(halves[0], [rows / 2, ...rest]), k.reshape(halves[1], [rows / 2, ...rest])];
}
