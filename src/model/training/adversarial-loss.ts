// The two losses that a GAN can be trained with here, as the gradients by which a step begins to walk back.

import type { Kernels, Tensor } from '../kernels/kernels.ts';

export interface AdversarialLoss {
  /**
   * crossEntropy: the non-saturating loss of Goodfellow et al. 2014. hinge (Lim and Ye 2017): D minimizes mean(max(0, 1 - D(real))) +
   * mean(max(0, 1 + D(fake))), G minimizes -mean(D(fake)). Default: crossEntropy.
   */
  loss?: 'crossEntropy' | 'hinge';
  /** One-sided label smoothing (Salimans et al. 2016): the target of real pictures is 1 minus this. Of cross-entropy alone. Default: 0. */
  labelSmoothing?: number;
}

/** Gradients of D's loss with respect to its logits [B] of real and of generated pictures. */
export function discriminatorGradients(
  k: Kernels,
  { real, fake }: { real: Tensor; fake: Tensor },
  { loss, labelSmoothing = 0 }: AdversarialLoss,
): { real: Tensor; fake: Tensor } {
  if (loss === 'hinge') return { real: k.hingeGradient(real, 1), fake: k.hingeGradient(fake, 0) };
  return { real: k.crossEntropyGradient(real, 1 - labelSmoothing), fake: k.crossEntropyGradient(fake, 0) };
}

/** Gradient of G's loss with respect to D's logits [B] of generated pictures; with hinge they are float32. */
export function generatorGradient(k: Kernels, fooled: Tensor, { loss }: AdversarialLoss): Tensor {
  if (loss !== 'hinge') return k.crossEntropyGradient(fooled, 1);
  const batch = fooled.shape[0]!;
  return k.tensorFloat32(new Float32Array(batch).fill(-1 / batch), [batch]);
}
