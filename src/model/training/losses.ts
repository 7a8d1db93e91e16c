// What a step's logits say: losses and mean probabilities, on the host.

/** Binary cross-entropy of a logit: -log(sigmoid(x)) for 'real', -log(1 - sigmoid(x)) for 'fake', without overflow. */
const crossEntropy = (logit: number, target: 0 | 1): number => Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

export interface StepLosses {
  /** BCE of D on real (target 1) plus on generated pictures (target 0), both means. */
  lossD: number;
  /** Non-saturating loss of G: BCE of D on generated pictures with target 1. */
  lossG: number;
  /** Mean of D's probability that a picture is real, over real pictures and over generated ones before D's step. */
  dReal: number;
  dFake: number;
}

/** From the logits [B] of real pictures, of generated ones before D's step, and of the same generated ones after it. */
export function lossesOf(logits: { real: Float32Array; fake: Float32Array; fooled: Float32Array }): StepLosses {
  return {
    lossD: mean(logits.real, (x) => crossEntropy(x, 1)) + mean(logits.fake, (x) => crossEntropy(x, 0)),
    lossG: mean(logits.fooled, (x) => crossEntropy(x, 1)),
    dReal: mean(logits.real, sigmoid),
    dFake: mean(logits.fake, sigmoid),
  };
}

function mean(values: Float32Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}
