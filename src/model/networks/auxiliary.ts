// The auxiliary classifier (Odena et al. 2017, "Conditional Image Synthesis With Auxiliary Classifier GANs"), for labels of many bits: the
// discriminator's features also tell each label, from real pictures, and the generator learns that its pictures show theirs.
//
// The loss is binary cross-entropy, the mean over pictures and labels, class-balanced: with a share p of the pictures that have a label,
// one that has it counts 1 / (2 p) and one that lacks it 1 / (2 (1 - p)), but none more than MOST_BALANCE.

import type { Operations } from '../kernels/gradients.ts';
import type { Kernels, ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from './shape.ts';
import type { Weights } from './state.ts';

/** So that a label which hardly any picture has does not rule the step in which one comes. */
const MOST_BALANCE = 10;

export const auxiliarySpecs = ({ conditions }: NetworkShape, features: number): ParameterSpec[] => [
  { name: 'auxiliary.weight', shape: [features, conditions] },
  { name: 'auxiliary.bias', shape: [conditions] },
];

/** features [B, n] -> a logit for each label, [B, conditions] */
export function classify(k: Operations, weights: Weights, features: Tensor): Tensor {
  return k.addBias(k.matMul(features, weights.get('auxiliary.weight')), weights.get('auxiliary.bias'));
}

/** What a picture that has a label counts in the loss, and one that lacks it. `share`: of the pictures that have it. */
function balanceOf(share: number): { on: number; off: number } {
  const weigh = (part: number) => Math.min(MOST_BALANCE, 1 / (2 * part));
  return { on: weigh(share), off: weigh(1 - share) };
}

interface Loss {
  /** [B, conditions] of 0 and 1 */
  labels: Tensor;
  /** Of the pictures that have each label. */
  shares: readonly number[];
  /** Of the whole loss. */
  weight: number;
}

/** Gradient of the loss with respect to logits [B, conditions]. */
export function auxiliaryGradient(k: Kernels, logits: Tensor, { labels, shares, weight }: Loss): Tensor {
  const [batch, conditions] = logits.shape as [number, number];
  const scale = weight / (batch * conditions);
  const row = (of: (balance: { on: number; off: number }) => number) =>
    k.tensorFloat32(
      Float32Array.from(shares, (share) => scale * of(balanceOf(share))),
      [1, conditions],
    );
  const bits = k.float32(labels);
  const weights = k.add(
    k.mul(
      bits,
      row(({ on, off }) => on - off),
    ),
    row(({ off }) => off),
  );
  const away = k.sub(k.sigmoid(k.float32(logits)), bits);
  return k.activation(k.mul(away, weights));
}
