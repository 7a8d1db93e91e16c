// How the generator's last layer doubles the size of its map and makes the picture: by a transposed convolution, or by a resize-convolution
// (Odena et al. 2016, "Deconvolution and Checkerboard Artifacts"), nearest neighbours and then a convolution of kernel 3. The layers before
// stay transposed: with a resize-convolution in each, the generator came to ignore its noise (docs/decisions/013-model-options.md).
//
// Both are a transposed convolution of kernel 4 whose taps are sums of those that are learned, so both cost the same. In one dimension:
// place 2i + t - 1 of the large map gets x[i] times tap t of the transposed convolution; after nearest neighbours it gets x[i] times tap j
// wherever (2i + t - 1 + j - 1) / 2, rounded down, is i. So tap t is the sum of the taps j = 2 - t and 3 - t, where these are 0 to 2.
//
// Each of the four phases of a picture (even or odd row, even or odd column) is made by four taps of its own, so a flat map becomes a
// chequered picture wherever their sums differ. With averaged weights pictures are made by taps whose phases have equal sums, the condition
// for a flat map to stay flat (Sugawara et al. 2018, "Super-resolution using convolutional neural networks without any checkerboard
// artifacts").

import type { Operations } from '../kernels/gradients.ts';
import type { ParameterSpec, Tensor } from '../kernels/kernels.ts';
import type { NetworkShape } from './shape.ts';

type Upsampling = Pick<NetworkShape, 'upsampling'>;

/** The filter `image.weight`: [4, 4, 3, from], or [3, 3, 3, from] for a resize-convolution. */
export function pictureSpec({ upsampling }: Upsampling, from: number): ParameterSpec {
  if (upsampling === 'resize') return { name: 'image.weight', shape: [3, 3, 3, from], isFloat32: true };
  return { name: 'image.weight', shape: [4, 4, 3, from] };
}

interface Layer {
  x: Tensor;
  filter: Tensor;
  /** Whether the phases of a transposed convolution get equal sums; those of a resize-convolution have them. */
  isEven: boolean;
}

/** x [B, h, w, from] -> [B, 2h, 2w, 3] */
export function makePicture(k: Operations, { upsampling }: Upsampling, { x, filter, isEven }: Layer): Tensor {
  if (upsampling === 'resize') return k.convInputGradient(x, mixTaps(k, filter, resizeTaps()));
  return k.convInputGradient(x, isEven ? mixTaps(k, k.float32(filter), evenTaps()) : filter);
}

/** filter [n, n, to, from], float32; taps [16, n * n] -> [4, 4, to, from]: each tap is a sum of those of the filter. */
function mixTaps(k: Operations, filter: Tensor, taps: Float32Array): Tensor {
  const [side, , to, from] = filter.shape as [number, number, number, number];
  const sums = k.tensorFloat32(taps, [16, side * side]);
  return k.activation(k.reshape(k.matMul(sums, k.reshape(filter, [side * side, to * from])), [4, 4, to, from]));
}

/** [16, 9]: 1 where a tap of kernel 3 contributes to one of kernel 4. */
function resizeTaps(): Float32Array {
  const contributes = (t: number, j: number) => j === 2 - t || j === 3 - t;
  return fillTaps(9, (t, j) => (contributes(t >> 2, Math.floor(j / 3)) && contributes(t & 3, j % 3) ? 1 : 0));
}

/** [16, 16]: from each tap the mean of its phase is taken away, and the mean of all is added. */
function evenTaps(): Float32Array {
  const phaseOf = (t: number) => ((t >> 2) & 1) * 2 + (t & 1);
  return fillTaps(16, (t, j) => (t === j ? 1 : 0) - (phaseOf(t) === phaseOf(j) ? 1 / 4 : 0) + 1 / 16);
}

function fillTaps(learned: number, weightOf: (tap: number, learned: number) => number): Float32Array {
  return Float32Array.from({ length: 16 * learned }, (_, at) => weightOf(Math.floor(at / learned), at % learned));
}
