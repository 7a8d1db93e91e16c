// Native TensorFlow, through the addon of @tensorflow/tfjs-node-gpu: operations on raw tensor handles, which
// tfjs itself would wrap in its own bookkeeping and could not hold in bfloat16. What is compiled runs as one graph.

import { BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, type Kernels, LEAKY_SLOPE, MOST_PICTURES, type Tensor } from '../kernels.ts';
import { createConvolutions, inPrecision } from './convolutions.ts';
import { Eager } from './eager.ts';
import { FORMS, type FormsName } from './forms.ts';
import { type Binding, DataType, type Handle } from './handles.ts';
import { createTensorflowParameters } from './parameters.ts';
import { Program } from './program.ts';
import { storePictures } from './stored-pictures.ts';

/**
 * Kernels on native TensorFlow. With 'bfloat16', activations and their gradients stay bfloat16 from layer to layer. `pictureBytes`: so many
 * may lie on the device for good; default: none.
 */
export function createTensorflowKernels(
  binding: Binding,
  {
    precision,
    forms,
    onGpu = false,
    pictureBytes = 0,
    program = new Program(new Eager(binding)),
  }: { precision: 'float32' | 'bfloat16'; forms: FormsName; onGpu?: boolean; pictureBytes?: number; program?: Program },
): Kernels {
  const { tf } = program;
  const table = FORMS[onGpu ? 'own' : forms];
  const activation = precision === 'bfloat16' ? DataType.bfloat16 : DataType.float32;
  const T = (x: Tensor) => tf.type('T', (x as Handle).dtype);

  const normAttributes = (x: Tensor, training: boolean) => [
    T(x),
    tf.type('U', DataType.float32),
    tf.string('data_format', 'NHWC'),
    tf.float('epsilon', BATCH_NORM_EPSILON),
    tf.bool('is_training', training),
  ];
  const reshape = (x: Tensor, shape: readonly number[]) =>
    tf.run('Reshape', [T(x), tf.type('Tshape', DataType.int32)], [x, tf.constant(shape)])[0]!;
  const concat = (a: Tensor, b: Tensor, axis: number) =>
    tf.run('ConcatV2', [T(a), tf.type('Tidx', DataType.int32), tf.int('N', 2)], [a, b, tf.constant([axis], [])])[0]!;
  const split = (x: Tensor, a: number): [Tensor, Tensor] => {
    const last = x.shape.length - 1;
    const attributes = [T(x), tf.int('num_split', 2), tf.type('Tlen', DataType.int32)];
    const [left, right] = tf.run('SplitV', attributes, [x, tf.constant([a, x.shape[last]! - a]), tf.constant([last], [])], 2);
    return [left!, right!];
  };
  /** The type in which batch norms are computed. */
  const norm = precision === 'bfloat16' && table.bfloat16 === 'bfloat16' ? DataType.bfloat16 : DataType.float32;
  /** The input of FusedBatchNormV3 in place of running statistics, which it is not to keep. */
  const emptyStatistics = () => {
    const empty = tf.create(new Float32Array(0), [0]);
    return { mean: empty, variance: empty };
  };
  const scalar = (value: number) => tf.create(Float32Array.of(value), []);
  const as4d = (x: Tensor) => (x.shape.length === 4 ? x : reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]));

  return {
    precision,
    scope: (work) => tf.scope(work),
    keep: (tensor) => tf.keep(tensor),
    free: (...tensors) => tf.free(...tensors),
    count: () => tf.count(),
    ready: () => Promise.resolve(), // a call returns when it has computed

    compile: (work) => program.compile(work),

    storePictures: (source) =>
      source.count * source.pixels * 3 > pictureBytes || source.count > MOST_PICTURES ? null : storePictures(program, source),

    tensor: (values, shape) => tf.scope(() => [tf.cast(tf.create(values, shape), activation)])[0],
    tensorFloat32: (values, shape) => tf.create(values, shape),
    read: async (x) => tf.values(x as Handle) as Float32Array,
    parameters: (specs, initial, { averaged = false } = {}) =>
      createTensorflowParameters(program, { specs, initial, activation, averaged }),

    activation: (x) => tf.cast(x, activation),
    float32: (x) => tf.cast(x, DataType.float32),
    reshape,
    concat: (a, b) => concat(a, b, a.shape.length - 1),
    split,
    transpose: (x, permutation) => tf.run('Transpose', [T(x), tf.type('Tperm', DataType.int32)], [x, tf.constant(permutation)])[0]!,
    matMul(a, b, { transposeA = false, transposeB = false } = {}) {
      return inPrecision(tf, table, (a, b) => {
        if (a.shape.length === 2 && b.shape.length === 2)
          return tf.run('MatMul', [T(a), tf.bool('transpose_a', transposeA), tf.bool('transpose_b', transposeB)], [a, b])[0]!;
        return tf.run('BatchMatMulV2', [T(a), tf.bool('adj_x', transposeA), tf.bool('adj_y', transposeB)], [a, b])[0]!;
      })(a, b);
    },
    add: (a, b) => tf.run('AddV2', [T(a)], [a, b])[0]!,
    sub: (a, b) => tf.run('Sub', [T(a)], [a, b])[0]!,
    mul: (a, b) => tf.run('Mul', [T(a)], [a, b])[0]!,
    negate: (x) => tf.run('Neg', [T(x)], [x])[0]!,
    reciprocal: (x) => tf.run('Reciprocal', [T(x)], [x])[0]!,
    rsqrt: (x) => tf.run('Rsqrt', [T(x)], [x])[0]!,
    sigmoid: (x) => tf.run('Sigmoid', [T(x)], [x])[0]!,
    sum(x, axes) {
      const terms = tf.cast(x, DataType.float32);
      const attributes = [T(terms), tf.type('Tidx', DataType.int32), tf.bool('keep_dims', true)];
      return tf.cast(tf.run('Sum', attributes, [terms, tf.constant(axes)])[0]!, (x as Handle).dtype);
    },
    spread: (x, shape) => tf.run('BroadcastTo', [T(x), tf.type('Tidx', DataType.int32)], [x, tf.constant(shape)])[0]!,
    addBias: (x, bias) => tf.run('BiasAdd', [T(x), tf.string('data_format', 'NHWC')], [x, bias])[0]!,
    biasGradient: (dy) => tf.cast(tf.run('BiasAddGrad', [T(dy), tf.string('data_format', 'NHWC')], [dy])[0]!, DataType.float32),

    ...createConvolutions(tf, { forms: table, onGpu }),

    leakyRelu: (x) => tf.run('LeakyRelu', [T(x), tf.float('alpha', LEAKY_SLOPE)], [x])[0]!,
    leakyReluGradient: (dy, y) => tf.run('LeakyReluGrad', [T(y), tf.float('alpha', LEAKY_SLOPE)], [dy, y])[0]!,
    tanh: (x) => tf.run('Tanh', [T(x)], [x])[0]!,
    tanhGradient: (dy, y) => tf.run('TanhGrad', [T(y)], [y, dy])[0]!,

    batchNorm(x, { gamma, beta }, running) {
      const input = tf.cast(as4d(x), norm);
      const attributes = [...normAttributes(input, true), tf.float('exponential_avg_factor', running ? BATCH_NORM_MOMENTUM : 1)];
      const before = running ?? emptyStatistics();
      const inputs = [input, gamma, beta, before.mean, before.variance];
      const [y, mean, variance, ...reserved] = tf.run('FusedBatchNormV3', attributes, inputs, 6);
      return {
        y: tf.cast(y!, activation),
        saved: { x: input, gamma, saved: reserved },
        running: running && { mean: mean!, variance: variance! },
      };
    },
    batchNormGradient(dy, { x, gamma, saved }) {
      const [dx, dgamma, dbeta] = tf.run('FusedBatchNormGradV3', normAttributes(x, true), [tf.cast(dy, norm), x, gamma, ...saved], 5);
      return { dx: tf.cast(dx!, activation), dgamma: dgamma!, dbeta: dbeta! };
    },
    batchNormInference(x, { gamma, beta }, { mean, variance }) {
      const input = tf.cast(as4d(x), norm);
      const attributes = [...normAttributes(input, false), tf.float('exponential_avg_factor', 1)];
      return tf.cast(tf.run('FusedBatchNormV3', attributes, [input, gamma, beta, mean, variance], 6)[0]!, activation);
    },

    crossEntropyGradient(logits, target) {
      const share = 1 / logits.shape[0]!;
      if ((logits as Handle).dtype === DataType.float32) {
        // Not the form below: a run that began with this one goes on with the same bits.
        const probability = tf.run('Sigmoid', [T(logits)], [logits])[0]!;
        const difference = target === 0 ? probability : tf.run('Sub', [T(logits)], [probability, scalar(target)])[0]!;
        return tf.run('Mul', [T(logits)], [difference, scalar(share)])[0]!;
      }
      // sigmoid(x) - 1 = -sigmoid(-x), which loses no digits; and in float32, for bfloat16 has three of them.
      const x = tf.cast(logits, DataType.float32);
      if (target !== 0 && target !== 1) {
        const difference = tf.run('Sub', [T(x)], [tf.run('Sigmoid', [T(x)], [x])[0]!, scalar(target)])[0]!;
        return tf.cast(tf.run('Mul', [T(x)], [difference, scalar(share)])[0]!, (logits as Handle).dtype);
      }
      const away = target === 0 ? x : tf.run('Neg', [T(x)], [x])[0]!;
      const probability = tf.run('Sigmoid', [T(x)], [away])[0]!;
      return tf.cast(tf.run('Mul', [T(x)], [probability, scalar(target === 0 ? share : -share)])[0]!, (logits as Handle).dtype);
    },
    hingeGradient(logits, target) {
      const x = tf.cast(logits, DataType.float32);
      const share = 1 / logits.shape[0]!;
      const isWrong = tf.run('Less', [T(x)], target === 1 ? [x, scalar(1)] : [scalar(-1), x])[0]!;
      const counted = tf.run('Mul', [T(x)], [tf.cast(isWrong, DataType.float32), scalar(target === 1 ? -share : share)])[0]!;
      return tf.cast(counted, (logits as Handle).dtype);
    },
  };
}
