// Room: model/networks. The discriminator's label branch: a convolution over planes that are constant within a picture.
//
// A 4/2/1 convolution of a constant plane has only 3 x 3 different outputs: the first row and column miss the filter's
// first taps, the last miss its last taps, and everything between sees all of them. So the branch is one small product
// [B, n] x [n, 9 * c], instead of a convolution of n full planes.
//
// The convolution that follows has again only nine different outputs, those that it has on a map of 6 x 6: with a first
// and a last row and column and four equal ones between, its 3 x 3 outputs are the corners, edges and middle of any
// larger map. So the label half of that layer is computed on 6 x 6 too, and only its nine results are spread.

import type { Kernels, Tensor } from '../kernels/kernels.ts';

/** Which filter taps (0 to 3) fall inside the picture for the first, a middle and the last output. */
const TAPS = [
  [1, 2, 3],
  [0, 1, 2, 3],
  [0, 1, 2],
];

export interface LabelPlanes {
  /** labels [B, n], filter [4, 4, n, c] -> [B, 9, c] */
  regions(labels: Tensor, filter: Tensor): Tensor;
  /** dRegions [B, 9, c] -> gradient of the filter [4, 4, n, c] */
  filterGradient(dRegions: Tensor, labels: Tensor): Tensor;
  /** [B, 9, c] -> [B, 6, 6, c]: the smallest map on which the next convolution has all its different outputs */
  shrink(regions: Tensor): Tensor;
  /** [B, 6, 6, c] -> [B, 9, c]: the transpose of shrink */
  gatherShrunk(dMap: Tensor): Tensor;
  /** [B, 9, o] -> [B, size, size, o] */
  spread(regions: Tensor): Tensor;
  /** [B, size, size, o] -> [B, 9, o]: the transpose of spread */
  gather(dMap: Tensor): Tensor;
}

/** `size`: side of the map after the layer in which both branches meet. The constant matrices live as long as the kernels. */
export function createLabelPlanes(k: Kernels, size: number): LabelPlanes {
  const sums = k.keep(k.tensor(tapSums(), [9, 16]));
  const places = k.keep(k.tensor(regionPlaces(size), [size * size, 9]));
  const small = k.keep(k.tensor(regionPlaces(6), [36, 9]));
  const spreadOver = (matrix: Tensor, regions: Tensor, side: number) => {
    const [batch, , channels] = regions.shape as [number, number, number];
    return k.reshape(k.matMul(matrix, regions), [batch, side, side, channels]);
  };
  const gatherFrom = (matrix: Tensor, dMap: Tensor) => {
    const [batch, height, width, channels] = dMap.shape as [number, number, number, number];
    return k.matMul(matrix, k.reshape(dMap, [batch, height * width, channels]), { transposeA: true });
  };
  return {
    regions(labels, filter) {
      const [conditions, channels] = filter.shape.slice(2) as [number, number];
      const summed = k.matMul(sums, k.reshape(filter, [16, conditions * channels])); // [9, n * c]
      const byLabel = k.transpose(k.reshape(summed, [9, conditions, channels]), [1, 0, 2]); // [n, 9, c]
      return k.reshape(k.matMul(labels, k.reshape(byLabel, [conditions, 9 * channels])), [labels.shape[0]!, 9, channels]);
    },
    filterGradient(dRegions, labels) {
      const [batch, , channels] = dRegions.shape as [number, number, number];
      const conditions = labels.shape[1]!;
      const byLabel = k.matMul(labels, k.reshape(dRegions, [batch, 9 * channels]), { transposeA: true }); // [n, 9 * c]
      const summed = k.transpose(k.reshape(byLabel, [conditions, 9, channels]), [1, 0, 2]); // [9, n, c]
      const taps = k.matMul(sums, k.reshape(summed, [9, conditions * channels]), { transposeA: true }); // [16, n * c]
      return k.reshape(taps, [4, 4, conditions, channels]);
    },
    shrink: (regions) => spreadOver(small, regions, 6),
    gatherShrunk: (dMap) => gatherFrom(small, dMap),
    spread: (regions) => spreadOver(places, regions, size),
    gather: (dMap) => gatherFrom(places, dMap),
  };
}

/** [9, 16]: 1 where a tap contributes to a region. */
function tapSums(): Float32Array {
  const sums = new Float32Array(9 * 16);
  TAPS.forEach((rows, r) => {
    TAPS.forEach((columns, c) => {
      for (const i of rows) for (const j of columns) sums[(3 * r + c) * 16 + 4 * i + j] = 1;
    });
  });
  return sums;
}

/** [size * size, 9]: 1 for the region in which a place lies. */
function regionPlaces(size: number): Float32Array {
  const places = new Float32Array(size * size * 9);
  const region = (i: number) => (i === 0 ? 0 : i === size - 1 ? 2 : 1);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) places[(y * size + x) * 9 + 3 * region(y) + region(x)] = 1;
  return places;
}
