// Matrix products on WebAssembly. XNNPACK multiplies two plain matrices; tfjs sends all others, transposed or
// one product for each leading index, through a naive loop. So those are brought into the form of one plain product.

import type * as tfjs from '@tensorflow/tfjs-core';
import type { Kernels, Tensor } from '../kernels.ts';
import { openWasmMemory, type Swap, swapAxes } from './memory.ts';

export function createWasmMatMul(tf: typeof tfjs): Kernels['matMul'] {
  const { allocate, views, start } = openWasmMemory(tf);
  const plain = (a: Tensor, b: Tensor) => tf.matMul(a as tfjs.Tensor2D, b as tfjs.Tensor2D);
  const swapped = (x: Tensor, shape: readonly number[], axes: Omit<Swap, 'from' | 'to'>) => {
    const target = allocate(shape);
    swapAxes(views(), { from: start(x), to: start(target), ...axes });
    return target;
  };
  const transposed = (x: Tensor) => {
    const [rows, columns] = x.shape as [number, number];
    return swapped(x, [columns, rows], { rows, columns });
  };

  /** a [m, k] or transposed [k, m], b [B, k, n] -> [B, m, n] */
  const shared = (a: Tensor, b: Tensor, transposeA: boolean) => {
    const [batch, inner, columns] = b.shape as [number, number, number];
    if (transposeA) {
      const m = a.shape[1]!;
      const rows = swapped(b, [batch * columns, inner], { outer: batch, rows: inner, columns });
      return swapped(plain(rows, a), [batch, m, columns], { outer: batch, rows: columns, columns: m });
    }
    const m = a.shape[0]!;
    const wide = swapped(b, [inner, batch * columns], { rows: batch, columns: inner, block: columns });
    return swapped(plain(a, wide), [batch, m, columns], { rows: m, columns: batch, block: columns });
  };

  return (a, b, { transposeA = false, transposeB = false } = {}) =>
    tf.tidy(() => {
      if (a.shape.length === 2 && b.shape.length === 3 && !transposeB) return shared(a, b, transposeA);
      if (a.shape.length > 2 || b.shape.length > 2) return tf.matMul(a as tfjs.Tensor, b as tfjs.Tensor, transposeA, transposeB);
      return plain(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b);
    });
}
