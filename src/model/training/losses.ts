// What a step's logits say: losses and how real pictures seem to D, on the host.

import type { AdversarialLoss } from './adversarial-loss.ts';

export interface StepLosses {
  /**
   * What D minimizes, without the classifier's part. crossEntropy: that of real pictures (target 1, or less with label smoothing) plus that
   * of generated ones (target 0), both means. hinge: mean(max(0, 1 - D(x))) + mean(max(0, 1 + D(G(z)))).
   */
  lossD: number;
  /**
   * What G minimizes, without the classifier's part. crossEntropy: that of D on generated pictures with target 1. hinge: -mean(D(G(z))).
   */
  lossG: number;
  /**
   * Mean of sigmoid(logit), over real pictures and over generated ones before D's step. With crossEntropy that is D's probability that a
   * picture is real. With hinge D gives no probability, but a score: the sigmoid only brings it between 0 and 1, and 0.27 and 0.73 are the
   * scores -1 and 1 beyond which D learns no more.
   */
  dReal: number;
  dFake: number;
}

/** The logits [B] of real pictures, of generated ones before D's step, and of the same generated ones after it. */
interface Logits {
  real: Float32Array;
  fake: Float32Array;
  fooled: Float32Array;
}

export function lossesOf({ real, fake, fooled }: Logits, { loss, labelSmoothing = 0 }: AdversarialLoss = {}): StepLosses {
  const seeming = { dReal: mean(real, sigmoid), dFake: mean(fake, sigmoid) };
  if (loss === 'hinge')
    return {
      lossD: mean(real, (x) => Math.max(0, 1 - x)) + mean(fake, (x) => Math.max(0, 1 + x)),
      lossG: -mean(fooled, (x) => x),
      ...seeming,
    };
  return {
    lossD: mean(real, (x) => crossEntropy(x, 1 - labelSmoothing)) + mean(fake, (x) => crossEntropy(x, 0)),
    lossG: mean(fooled, (x) => crossEntropy(x, 1)),
    ...seeming,
  };
}

/** Binary cross-entropy of a logit: -target log(sigmoid(x)) - (1 - target) log(1 - sigmoid(x)), without overflow. */
function crossEntropy(logit: number, target: number): number {
  return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function mean(values: Float32Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}
