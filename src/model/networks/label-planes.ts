// The discriminator's label branch: a convolution over planes that are constant within a picture.
//
// A 4/2/1 convolution of a constant plane has only 3 x 3 different outputs: the first row and column miss the filter's
// first taps, the last miss its last taps, and everything between sees all of them. So the branch is one small product
// [B, n] x [n, 9 * c], instead of a convolution of n full planes.
//
// The convolution that follows has again only nine different outputs, those that it has on a map of 6 x 6: with a first
// and a last row and column and four equal ones between, its 3 x 3 outputs are the corners, edges and middle of any
// larger map. So the label half of that layer is computed on 6 x 6 too, and only its nine results are spread.

import type { Operations } from '../kernels/gradients.ts';
import type { Kernels, Tensor } from '../kernels/kernels.ts';

/** Which filter taps (0 to 3) fall inside the picture for the first, a middle and the last output. */
const TAPS = [
  [1, 2, 3],
  [0, 1, 2, 3],
  [0, 1, 2],
];
/** Corners, edges and middle: the different places of a map. */
const REGIONS = TAPS.length ** 2;
/** Side of the smallest map on which the next convolution has all its different outputs. */
const SMALL_SIDE = 6;

export interface LabelPlanes {
  /** labels [B, n], filter [4, 4, n, c] -> [B, 9, c]: the convolution over the labels' planes */
  convolve(k: Operations, labels: Tensor, filter: Tensor): Tensor;
  /** regions [B, 9, c], filter [4, 4, c, o] -> [B, size, size, o]: the convolution after it */
  convolveAgain(k: Operations, regions: Tensor, filter: Tensor): Tensor;
}

/** `size`: side of the map after the second convolution. The constant matrices live as long as the kernels. */
export function createLabelPlanes(kernels: Kernels, size: number): LabelPlanes {
  const sums = kernels.keep(kernels.tensor(tapSums(), [REGIONS, 16]));
  const places = kernels.keep(kernels.tensor(regionPlaces(size), [size * size, REGIONS]));
  const smallPlaces = kernels.keep(kernels.tensor(regionPlaces(SMALL_SIDE), [SMALL_SIDE ** 2, REGIONS]));
  return {
    convolve(k, labels, filter) {
      const [conditions, channels] = filter.shape.slice(2) as [number, number];
      const summed = k.matMul(sums, k.reshape(filter, [16, conditions * channels])); // [9, n * c]
      const byLabel = k.transpose(k.reshape(summed, [REGIONS, conditions, channels]), [1, 0, 2]); // [n, 9, c]
      const regions = k.matMul(labels, k.reshape(byLabel, [conditions, REGIONS * channels]));
      return k.reshape(regions, [labels.shape[0]!, REGIONS, channels]);
    },
    convolveAgain(k, regions, filter) {
      const [batch, , channels] = regions.shape as [number, number, number];
      const outputs = filter.shape[3]!;
      const small = k.reshape(k.matMul(smallPlaces, regions), [batch, SMALL_SIDE, SMALL_SIDE, channels]);
      const again = k.reshape(k.conv(small, filter), [batch, REGIONS, outputs]);
      return k.reshape(k.matMul(places, again), [batch, size, size, outputs]);
    },
  };
}

/** [9, 16]: 1 where a tap contributes to a region. */
function tapSums(): Float32Array {
  const sums = new Float32Array(REGIONS * 16);
  TAPS.forEach((rows, r) => {
    TAPS.forEach((columns, c) => {
      for (const i of rows) for (const j of columns) sums[(3 * r + c) * 16 + 4 * i + j] = 1;
    });
  });
  return sums;
}

/** [size * size, 9]: 1 for the region in which a place lies. */
function regionPlaces(size: number): Float32Array {
  const places = new Float32Array(size * size * REGIONS);
  const region = (i: number) => (i === 0 ? 0 : i === size - 1 ? 2 : 1);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) places[(y * size + x) * REGIONS + 3 * region(y) + region(x)] = 1;
  return places;
}
