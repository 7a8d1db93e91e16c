// How the generator's last layer doubles the size of its map and makes the picture: by a transposed convolution, or by a resize-convolution
// (Odena et al. 2016, "Deconvolution and Checkerboard Artifacts"), nearest neighbours and then a convolution of kernel 3. The layers before
// stay transposed: with a resize-convolution in each, the generator came to ignore its noise (docs/decisions/013-model-options.md).
//
// The second is the first with a filter that follows from the one of kernel 3, so it costs the same. In one dimension: place 2i + t - 1
// of the large map gets x[i] times tap t of the transposed convolution; after nearest neighbours it gets x[i] times tap j wherever
// (2i + t - 1 + j - 1) / 2, rounded down, is i. So tap t is the sum of the taps j = 2 - t and 3 - t, where these are 0 to 2.

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from './shape.ts';

type Upsampling = Pick<NetworkShape, 'upsampling'>;

/** The filter `image.weight`: [4, 4, 3, from], or [3, 3, 3, from] for a resize-convolution. */
export function pictureSpec({ upsampling }: Upsampling, from: number): ParameterSpec {
  if (upsampling === 'resize') return { name: 'image.weight', shape: [3, 3, 3, from], isFloat32: true };
  return { name: 'image.weight', shape: [4, 4, 3, from] };
}

/** x [B, h, w, from] -> [B, 2h, 2w, 3] */
export function makePicture(k: Operations, { upsampling }: Upsampling, { x, filter }: { x: Tensor; filter: Tensor }): Tensor {
  return k.convInputGradient(x, upsampling === 'resize' ? widenFilter(k, filter) : filter);
}

/** [3, 3, to, from] -> the [4, 4, to, from] that does the same without resizing first */
function widenFilter(k: Operations, filter: Tensor): Tensor {
  const [, , to, from] = filter.shape as [number, number, number, number];
  const sums = k.tensorFloat32(tapSums(), [16, 9]);
  return k.activation(k.reshape(k.matMul(sums, k.reshape(filter, [9, to * from])), [4, 4, to, from]));
}

/** [16, 9]: 1 where a tap of kernel 3 contributes to one of kernel 4. */
function tapSums(): Float32Array {
  const contributes = (t: number, j: number) => j === 2 - t || j === 3 - t;
  const sums = new Float32Array(16 * 9);
  for (let t = 0; t < 16; t++) {
    for (let j = 0; j < 9; j++) {
      if (contributes(t >> 2, Math.floor(j / 3)) && contributes(t & 3, j % 3)) sums[t * 9 + j] = 1;
    }
  }
  return sums;
}
