// Two batches as one, and back: for networks in which a picture says nothing about the others of its batch.

import type { Kernels, Tensor } from '../kernels/kernels.ts';

const sizeOf = ({ shape }: Tensor): number => shape.reduce((product, size) => product * size, 1);

/** [B, ..] and [B, ..] -> [2 B, ..] */
export function stackRows(k: Pick<Kernels, 'reshape' | 'concat'>, a: Tensor, b: Tensor): Tensor {
  const [rows, ...rest] = a.shape as [number, ...number[]];
  const [first, second] = [k.reshape(a, [1, sizeOf(a)]), k.reshape(b, [1, sizeOf(b)])];
  return k.reshape(k.concat(first, second), [2 * rows, ...rest]);
}

/** [2 B, ..] -> [B, ..] and [B, ..] */
export function splitRows(k: Pick<Kernels, 'reshape' | 'split'>, x: Tensor): [Tensor, Tensor] {
  const [rows, ...rest] = x.shape as [number, ...number[]];
  const halves = k.split(k.reshape(x, [1, sizeOf(x)]), sizeOf(x) / 2);
  return [k.reshape(halves[0], [rows / 2, ...rest]), k.reshape(halves[1], [rows / 2, ...rest])];
}
