// Products of large matrices, left to the backend: they are most of the work of a distance.

import type { Kernels } from '../../kernels/kernels.ts';

/** a [n, inner], b [m, inner] -> a times b transposed: [n, m]. */
export type Multiply = (a: Float32Array, b: Float32Array, inner: number) => Promise<Float32Array>;

/** In float32, whatever the precision of the activations is. */
export function multiplyOn(k: Kernels): Multiply {
  return async (a, b, inner) => {
    const [product] = k.scope(() => {
      const rows = (values: Float32Array) => k.tensorFloat32(values, [values.length / inner, inner]);
      return [k.matMul(rows(a), rows(b), { transposeB: true })];
    });
    const values = await k.read(product!);
    k.free(product!);
    return values;
  };
}
