// Conditional batch norm (Dumoulin et al. 2017; de Vries et al. 2017), for labels of many bits: what scales and shifts the norm is a
// constant and one row of a matrix for each label that is on.
//
//   y = normal(x) * (gamma + labels G) + (beta + labels B)

import type { Operations } from '../kernels/gradients.ts';
import type { Affine, ParameterSpec, Tensor } from '../kernels/kernels.ts';
import { type Norm, normSpecs } from './batch-norm.ts';
import type { Weights } from './state.ts';

/** As those of a batch norm, and the matrices [conditions, channels] `gamma_labels` and `beta_labels`. */
export const conditionalNormSpecs = (name: string, { channels, conditions }: { channels: number; conditions: number }): ParameterSpec[] => [
  ...normSpecs(name, channels),
  { name: `${name}.gamma_labels`, shape: [conditions, channels], isFloat32: true },
  { name: `${name}.beta_labels`, shape: [conditions, channels], isFloat32: true },
];

interface Parts {
  weights: Weights;
  /** [B, conditions] */
  labels: Tensor;
  norm: Norm;
}

/** x [B, h, w, c] -> its norm by `norm`, scaled and shifted by the labels. */
export function conditionalNorm(k: Operations, { weights, labels, norm }: Parts): Norm {
  const bits = k.float32(labels);
  return (name, x) => {
    const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
    const ofLabels = (field: 'gamma' | 'beta') => {
      const constant = k.reshape(weights.get(`${name}.${field}`), [1, channels]);
      const each = k.add(k.matMul(bits, weights.get(`${name}.${field}_labels`)), constant); // [B, c]
      return k.reshape(k.activation(each), [batch, 1, 1, channels]);
    };
    return k.add(k.mul(norm(name, x, neutral(k, channels)), ofLabels('gamma')), ofLabels('beta'));
  };
}

/** Leaves a norm as it is. */
function neutral(k: Operations, channels: number): Affine {
  const constant = (value: number) => k.tensorFloat32(new Float32Array(channels).fill(value), [channels]);
  return { gamma: constant(1), beta: constant(0) };
}
