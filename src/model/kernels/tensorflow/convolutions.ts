// The convolutions on native TensorFlow, in the forms that forms.ts names, and around what oneDNN computes wrongly.

import type { Kernels, Tensor } from '../kernels.ts';
import type { Eager } from './eager.ts';
import type { ConvolutionSize, Forms } from './forms.ts';
import { DataType, type Handle } from './handles.ts';

/**
 * What oneDNN, as of TensorFlow 2.21, computes wrongly on some processors (seen with AVX-512 BF16 and no AMX), measured over 1 to 130
 * channels: bfloat16 convolutions from an odd number of channels, which it multiplies in pairs, and float32 gradients to 3, 5, 7, …
 * blocks of 16 channels. test/model/kernels/gradients.test.ts has these cases.
 */
const isOdd = (channels: number) => channels % 2 === 1;
const hasOddBlocks = (channels: number) => channels > 16 && isOdd(Math.ceil(channels / 16));

export interface ConvolutionOptions {
  forms: Forms;
  /** oneDNN's faults are those of processors. */
  onGpu: boolean;
}

export function createConvolutions(
  tf: Eager,
  { forms, onGpu }: ConvolutionOptions,
): Pick<Kernels, 'conv' | 'convInputGradient' | 'convFilterGradient'> {
  const T = (x: Tensor) => tf.type('T', (x as Handle).dtype);
  const reshape = (x: Tensor, shape: readonly number[]) =>
    tf.run('Reshape', [T(x), tf.type('Tshape', DataType.int32)], [x, tf.constant(shape)])[0]!;
  const transpose = (x: Tensor, permutation: readonly number[]) =>
    tf.run('Transpose', [T(x), tf.type('Tperm', DataType.int32)], [x, tf.constant(permutation)])[0]!;
  const slice = (x: Tensor, begin: readonly number[], size: readonly number[]) =>
    tf.run('Slice', [T(x), tf.type('Index', DataType.int32)], [x, tf.constant(begin), tf.constant(size)])[0]!;
  const matMul = (a: Tensor, b: Tensor, { transposeA = false, transposeB = false } = {}) =>
    tf.run('MatMul', [T(a), tf.bool('transpose_a', transposeA), tf.bool('transpose_b', transposeB)], [a, b])[0]!;
  const convAttributes = (x: Tensor) => [
    T(x),
    tf.int('strides', [1, 2, 2, 1]),
    tf.string('padding', 'SAME'),
    tf.string('data_format', 'NHWC'),
    tf.bool('use_cudnn_on_gpu', true),
    tf.int('dilations', [1, 1, 1, 1]),
  ];
  const patchAttributes = (x: Tensor) => [
    T(x),
    tf.int('ksizes', [1, 4, 4, 1]),
    tf.int('strides', [1, 2, 2, 1]),
    tf.int('rates', [1, 1, 1, 1]),
    tf.string('padding', 'SAME'),
  ];

  /** x [B, 2h, 2w, i] -> every 4x4 patch as a row: [B * h * w, 16 * i] */
  function patches(x: Tensor, { batch, height, width, inputs }: ConvolutionSize): Tensor {
    const rows = tf.run('ExtractImagePatches', patchAttributes(x), [x])[0]!;
    return reshape(rows, [batch * height * width, 16 * inputs]);
  }

  function conv(x: Tensor, filter: Tensor): Tensor {
    const size = sizeFromInput(x, filter.shape[3]!);
    const { batch, height, width, inputs, outputs } = size;
    if (!onGpu && (x as Handle).dtype === DataType.bfloat16 && isOdd(inputs)) {
      return tf.cast(conv(tf.cast(x, DataType.float32), tf.cast(filter, DataType.float32)), DataType.bfloat16);
    }
    if (forms.conv(size, precisionOf(x)) === 'own') return tf.run('Conv2D', convAttributes(x), [x, filter])[0]!;
    const product = matMul(patches(x, size), reshape(filter, [16 * inputs, outputs]));
    return reshape(product, [batch, height, width, outputs]);
  }

  function convInputGradient(dy: Tensor, filter: Tensor): Tensor {
    const size = sizeFromOutput(dy, filter.shape[2]!);
    const { batch, height, width, inputs } = size;
    const form = forms.inputGradient(size, precisionOf(dy));
    if (form === 'windows') return windowGradient(dy, filter, size);
    if (form === 'fold') return foldedGradient(dy, filter, size);
    if (!onGpu && (dy as Handle).dtype === DataType.float32 && hasOddBlocks(inputs)) {
      const padded = convInputGradient(dy, padChannels(filter));
      return slice(padded, [0, 0, 0, 0], [batch, height * 2, width * 2, inputs]);
    }
    const inputShape = tf.constant([batch, height * 2, width * 2, inputs]);
    return tf.run('Conv2DBackpropInput', convAttributes(dy), [inputShape, filter, dy])[0]!;
  }

  /** filter [4, 4, i, o] -> the same with zeros for i up to the next multiple of 32 */
  function padChannels(filter: Tensor): Tensor {
    const [, , inputs, outputs] = filter.shape as [number, number, number, number];
    const shape = [4, 4, 32 - (inputs % 32), outputs];
    const zeros = tf.cast(tf.create(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape), (filter as Handle).dtype);
    const attributes = [T(filter), tf.type('Tidx', DataType.int32), tf.int('N', 2)];
    return tf.run('ConcatV2', attributes, [filter, zeros, tf.constant([2], [])])[0]!;
  }

  /**
   * Window (Y, X) of dy, rows Y-1 and Y, gives the rows 2Y-1 and 2Y of dx, and so for columns: a 2x2 convolution to 4 i channels. Its
   * filter holds weight [a + 2 - 2p, b + 2 - 2q, i, o] at [p, q, o, (a, b, i)].
   */
  function windowGradient(dy: Tensor, filter: Tensor, size: ConvolutionSize): Tensor {
    const { inputs, outputs } = size;
    const parts = transpose(reshape(filter, [2, 2, 2, 2, inputs, outputs]), [0, 2, 5, 1, 3, 4]);
    const turned = tf.run('ReverseV2', [tf.type('Tidx', DataType.int32), T(parts)], [parts, tf.constant([0, 1])])[0]!;
    const attributes = [
      T(dy),
      tf.int('strides', [1, 1, 1, 1]),
      tf.string('padding', 'EXPLICIT'),
      tf.int('explicit_paddings', [0, 0, 1, 1, 1, 1, 0, 0]),
      tf.string('data_format', 'NHWC'),
      tf.bool('use_cudnn_on_gpu', true),
      tf.int('dilations', [1, 1, 1, 1]),
    ];
    const windows = tf.run('Conv2D', attributes, [dy, reshape(turned, [2, 2, outputs, 4 * inputs])])[0]!;
    return interleave(windows, size);
  }

  /** Weight [2p + a, 2q + b] takes dy at (y, x) to window (y + p, x + q): four products, moved by (p, q) and added up. */
  function foldedGradient(dy: Tensor, filter: Tensor, size: ConvolutionSize): Tensor {
    const { batch, height, width, inputs, outputs } = size;
    const rows = reshape(dy, [batch * height * width, outputs]);
    const quarters = reshape(filter, [2, 2, 2, 2 * inputs * outputs]);
    const moved = [0, 1].flatMap((p) =>
      [0, 1].map((q) => {
        const weights = reshape(slice(quarters, [p, 0, q, 0], [1, 2, 1, 2 * inputs * outputs]), [4 * inputs, outputs]);
        const product = reshape(matMul(rows, weights, { transposeB: true }), [batch, height, width, 4 * inputs]);
        const paddings = tf.constant([0, 0, p, 1 - p, q, 1 - q, 0, 0], [4, 2]);
        return tf.run('Pad', [T(product), tf.type('Tpaddings', DataType.int32)], [product, paddings])[0]!;
      }),
    );
    return interleave(tf.run('AddN', [T(dy), tf.int('N', 4)], moved)[0]!, size);
  }

  /** [B, h + 1, w + 1, (a, b, i)] -> [B, 2h, 2w, i], without the frame that the outer windows stand out */
  function interleave(windows: Tensor, { batch, height, width, inputs }: ConvolutionSize): Tensor {
    const apart = reshape(windows, [batch, height + 1, width + 1, 2, 2, inputs]);
    const whole = reshape(transpose(apart, [0, 1, 3, 2, 4, 5]), [batch, 2 * height + 2, 2 * width + 2, inputs]);
    return slice(whole, [0, 1, 1, 0], [batch, 2 * height, 2 * width, inputs]);
  }

  function convFilterGradient(x: Tensor, dy: Tensor): Tensor {
    const size = sizeFromInput(x, dy.shape[3]!);
    const { batch, height, width, inputs, outputs } = size;
    if (forms.filterGradient(size, precisionOf(x)) === 'own') {
      const filterShape = tf.constant([4, 4, inputs, outputs]);
      return tf.cast(tf.run('Conv2DBackpropFilter', convAttributes(x), [x, filterShape, dy])[0]!, DataType.float32);
    }
    const product = matMul(patches(x, size), reshape(dy, [batch * height * width, outputs]), { transposeA: true });
    return tf.cast(reshape(product, [4, 4, inputs, outputs]), DataType.float32);
  }

  return {
    conv: inPrecision(tf, forms, conv),
    convInputGradient: inPrecision(tf, forms, convInputGradient),
    convFilterGradient: inPrecision(tf, forms, convFilterGradient, DataType.float32),
  };
}

/** The same function, computed in the precision that the forms name for bfloat16. The result has the type of the operands, or `result`. */
export function inPrecision(tf: Eager, forms: Forms, work: (a: Tensor, b: Tensor) => Tensor, result?: number) {
  return (a: Tensor, b: Tensor): Tensor => {
    const { dtype } = a as Handle;
    if (dtype !== DataType.bfloat16 || forms.bfloat16 === 'bfloat16') return work(a, b);
    return tf.cast(work(tf.cast(a, DataType.float32), tf.cast(b, DataType.float32)), result ?? dtype);
  };
}

function precisionOf(x: Tensor): 'float32' | 'bfloat16' {
  return (x as Handle).dtype === DataType.bfloat16 ? 'bfloat16' : 'float32';
}

function sizeFromInput(x: Tensor, outputs: number): ConvolutionSize {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  return { batch, height: height / 2, width: width / 2, inputs, outputs };
}

function sizeFromOutput(dy: Tensor, inputs: number): ConvolutionSize {
  const [batch, height, width, outputs] = dy.shape as [number, number, number, number];
  return { batch, height, width, inputs, outputs };
}
