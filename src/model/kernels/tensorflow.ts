// Room: model/kernels. Native TensorFlow, through the addon of @tensorflow/tfjs-node-gpu: every operation is one
// eager call on raw tensor handles, which tfjs itself would wrap in its own bookkeeping and could not hold in bfloat16.

import {
  BATCH_NORM_EPSILON,
  BATCH_NORM_MOMENTUM,
  type Kernels,
  LEAKY_SLOPE,
  type ParameterSpec,
  type Parameters,
  type Tensor,
} from './kernels.ts';
import { createTensorflowParameters } from './tensorflow-parameters.ts';

/** The part of the addon that is used here (binding/tfjs_binding.cc of @tensorflow/tfjs-node-gpu). */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): { id: number; shape: number[]; dtype: number }[];
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  TF_ATTR_TYPE: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
}

export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** TF_DataType of tensorflow/c/tf_datatype.h. */
export const DataType = { float32: 1, int32: 3, bfloat16: 14, resource: 20 } as const;

export interface Handle extends Tensor {
  readonly id: number;
  readonly dtype: number;
}

/** Eager execution with scopes: what the operations below and the parameters are written with. */
export class Eager {
  readonly binding: Binding;
  #alive = 0;
  #scopes: Set<number>[] = [];
  #attributes = new Map<string, Attribute>();
  #shapes = new Map<string, Handle>();

  constructor(binding: Binding) {
    this.binding = binding;
  }

  run(name: string, attributes: Attribute[], inputs: readonly Tensor[], outputs = 1): Handle[] {
    const ids = inputs.map((input) => (input as Handle).id);
    const results = this.binding.executeOp(name, attributes, ids, outputs);
    for (const { id } of results) this.#track(id);
    return results;
  }

  create(values: Float32Array | Int32Array, shape: readonly number[]): Handle {
    const dtype = values instanceof Float32Array ? DataType.float32 : DataType.int32;
    const id = this.binding.createTensor([...shape], dtype, values);
    this.#track(id);
    return { id, shape: [...shape], dtype };
  }

  cast(x: Tensor, dtype: number): Handle {
    const from = (x as Handle).dtype;
    if (from === dtype) return x as Handle;
    return this.run('Cast', [this.type('SrcT', from), this.type('DstT', dtype), this.bool('Truncate', false)], [x])[0]!;
  }

  /** A small int32 tensor that lives as long as the process: shapes, axes, permutations. */
  constant(values: readonly number[], shape: readonly number[] = [values.length]): Handle {
    const key = `${shape.join()}:${values.join()}`;
    let handle = this.#shapes.get(key);
    if (!handle) {
      handle = {
        id: this.binding.createTensor([...shape], DataType.int32, Int32Array.from(values)),
        shape: [...shape],
        dtype: DataType.int32,
      };
      this.#shapes.set(key, handle);
    }
    return handle;
  }

  scope<T extends readonly Tensor[]>(work: () => T): T {
    const mine = new Set<number>();
    this.#scopes.push(mine);
    try {
      const kept = work();
      this.#scopes.pop();
      for (const tensor of kept) if (mine.delete((tensor as Handle).id)) this.#scopes.at(-1)?.add((tensor as Handle).id);
      return kept;
    } finally {
      if (this.#scopes.at(-1) === mine) this.#scopes.pop();
      for (const id of mine) this.#delete(id);
    }
  }

  keep<T extends Tensor>(tensor: T): T {
    for (const scope of this.#scopes) scope.delete((tensor as unknown as Handle).id);
    return tensor;
  }

  free(...tensors: Tensor[]): void {
    for (const tensor of tensors) {
      this.keep(tensor);
      this.#delete((tensor as Handle).id);
    }
  }

  count(): number {
    return this.#alive;
  }

  type(name: string, value: number): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_TYPE, value);
  }
  bool(name: string, value: boolean): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_BOOL, value);
  }
  int(name: string, value: number | number[]): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_INT, value);
  }
  float(name: string, value: number): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_FLOAT, value);
  }
  string(name: string, value: string): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_STRING, value);
  }
  shape(name: string, value: readonly number[]): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_SHAPE, [...value]);
  }

  #attribute(name: string, type: number, value: unknown): Attribute {
    const key = `${name}:${type}:${String(value)}`;
    let attribute = this.#attributes.get(key);
    if (!attribute) {
      attribute = { name, type, value };
      this.#attributes.set(key, attribute);
    }
    return attribute;
  }

  #track(id: number): void {
    this.#alive++;
    this.#scopes.at(-1)?.add(id);
  }

  #delete(id: number): void {
    this.#alive--;
    this.binding.deleteTensor(id);
  }
}

/**
 * On a CPU, oneDNN's convolutions lose to 'patches, then a product' where many weights meet few positions. From how many
 * weights a position on: measured over widths 64 to 512 (bench/forms.ts). The rule is fixed, not timed at the start of a
 * run, because another form rounds differently and a run must repeat bit for bit.
 */
const PATCHES_FROM = {
  conv: { float32: 4096, bfloat16: Number.POSITIVE_INFINITY },
  filterGradient: { float32: 1024, bfloat16: 512 },
};

/** Weights of a 4x4 convolution of x [B, 2h, 2w, i] to so many channels, for each of its B * h * w positions. */
function weightsPerPosition(x: Tensor, outputs: number): number {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  return (16 * inputs * outputs) / ((batch * height * width) / 4);
}

/** Kernels on native TensorFlow. With 'bfloat16', activations and their gradients stay bfloat16 from layer to layer. */
export function createTensorflowKernels(
  binding: Binding,
  { precision, onGpu = false }: { precision: 'float32' | 'bfloat16'; onGpu?: boolean },
): Kernels {
  const tf = new Eager(binding);
  const activation = precision === 'bfloat16' ? DataType.bfloat16 : DataType.float32;
  const usesPatches = (from: number, x: Tensor, outputs: number) => !onGpu && weightsPerPosition(x, outputs) >= from;
  const T = (x: Tensor) => tf.type('T', (x as Handle).dtype);

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
  const matMulAttributes = (x: Tensor, transposeA: boolean) => [T(x), tf.bool('transpose_a', transposeA), tf.bool('transpose_b', false)];
  const normAttributes = (x: Tensor, training: boolean) => [
    T(x),
    tf.type('U', DataType.float32),
    tf.string('data_format', 'NHWC'),
    tf.float('epsilon', BATCH_NORM_EPSILON),
    tf.bool('is_training', training),
  ];
  const reshape = (x: Tensor, shape: readonly number[]) =>
    tf.run('Reshape', [T(x), tf.type('Tshape', DataType.int32)], [x, tf.constant(shape)])[0]!;
  /** x [B, 2h, 2w, i] -> every 4 x 4 patch as a row: [B * h * w, 16 * i] */
  const patches = (x: Tensor) => {
    const [batch, height, width, inputs] = x.shape as [number, number, number, number];
    const rows = tf.run('ExtractImagePatches', patchAttributes(x), [x])[0]!;
    return reshape(rows, [(batch * height * width) / 4, 16 * inputs]);
  };
  const as4d = (x: Tensor) => (x.shape.length === 4 ? x : reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]));

  return {
    precision,
    scope: (work) => tf.scope(work),
    keep: (tensor) => tf.keep(tensor),
    free: (...tensors) => tf.free(...tensors),
    count: () => tf.count(),

    tensor(values, shape) {
      const uploaded = tf.create(values, shape);
      return tf.cast(uploaded, activation);
    },
    tensorFloat32: (values, shape) => tf.create(values, shape),
    async read(x) {
      if ((x as Handle).dtype === DataType.float32) return binding.tensorDataSync((x as Handle).id).slice();
      let values = new Float32Array();
      tf.scope(() => {
        values = binding.tensorDataSync(tf.cast(x, DataType.float32).id).slice();
        return [];
      });
      return values;
    },
    parameters: (specs: readonly ParameterSpec[], initial: ReadonlyMap<string, Float32Array>): Parameters =>
      createTensorflowParameters(tf, { specs, initial, activation }),

    reshape,
    concat: (a, b) =>
      tf.run('ConcatV2', [T(a), tf.type('Tidx', DataType.int32), tf.int('N', 2)], [a, b, tf.constant([a.shape.length - 1], [])])[0]!,
    split(x, a) {
      const last = x.shape.length - 1;
      const attributes = [T(x), tf.int('num_split', 2), tf.type('Tlen', DataType.int32)];
      const [left, right] = tf.run('SplitV', attributes, [x, tf.constant([a, x.shape[last]! - a]), tf.constant([last], [])], 2);
      return [left!, right!];
    },
    transpose: (x, permutation) => tf.run('Transpose', [T(x), tf.type('Tperm', DataType.int32)], [x, tf.constant(permutation)])[0]!,
    matMul(a, b, { transposeA = false, transposeB = false } = {}) {
      if (a.shape.length === 2 && b.shape.length === 2)
        return tf.run('MatMul', [T(a), tf.bool('transpose_a', transposeA), tf.bool('transpose_b', transposeB)], [a, b])[0]!;
      return tf.run('BatchMatMulV2', [T(a), tf.bool('adj_x', transposeA), tf.bool('adj_y', transposeB)], [a, b])[0]!;
    },
    add: (a, b) => tf.run('AddV2', [T(a)], [a, b])[0]!,
    addBias: (x, bias) => tf.run('BiasAdd', [T(x), tf.string('data_format', 'NHWC')], [x, bias])[0]!,
    biasGradient: (dy) => tf.cast(tf.run('BiasAddGrad', [T(dy), tf.string('data_format', 'NHWC')], [dy])[0]!, DataType.float32),

    conv(x, filter) {
      if (!usesPatches(PATCHES_FROM.conv[precision], x, filter.shape[3]!)) {
        return tf.run('Conv2D', convAttributes(x), [x, filter])[0]!;
      }
      const [batch, height, width, inputs] = x.shape as [number, number, number, number];
      const product = tf.run('MatMul', matMulAttributes(x, false), [patches(x), reshape(filter, [16 * inputs, filter.shape[3]!])])[0]!;
      return reshape(product, [batch, height / 2, width / 2, filter.shape[3]!]);
    },
    convInputGradient(dy, filter) {
      const [batch, height, width] = dy.shape as [number, number, number, number];
      const inputShape = tf.constant([batch, height * 2, width * 2, filter.shape[2]!]);
      return tf.run('Conv2DBackpropInput', convAttributes(dy), [inputShape, filter, dy])[0]!;
    },
    convFilterGradient(x, dy) {
      const [inputs, outputs] = [x.shape[3]!, dy.shape[3]!];
      if (usesPatches(PATCHES_FROM.filterGradient[precision], x, outputs)) {
        const positions = dy.shape[0]! * dy.shape[1]! * dy.shape[2]!;
        const product = tf.run('MatMul', matMulAttributes(x, true), [patches(x), reshape(dy, [positions, outputs])])[0]!;
        return tf.cast(reshape(product, [4, 4, inputs, outputs]), DataType.float32);
      }
      const filterShape = tf.constant([4, 4, inputs, outputs]);
      return tf.cast(tf.run('Conv2DBackpropFilter', convAttributes(x), [x, filterShape, dy])[0]!, DataType.float32);
    },

    leakyRelu: (x) => tf.run('LeakyRelu', [T(x), tf.float('alpha', LEAKY_SLOPE)], [x])[0]!,
    leakyReluGradient: (dy, y) => tf.run('LeakyReluGrad', [T(y), tf.float('alpha', LEAKY_SLOPE)], [dy, y])[0]!,
    tanh: (x) => tf.run('Tanh', [T(x)], [x])[0]!,
    tanhGradient: (dy, y) => tf.run('TanhGrad', [T(y)], [y, dy])[0]!,

    batchNorm(x, { gamma, beta, mean, variance }) {
      const input = as4d(x);
      const attributes = [...normAttributes(x, true), tf.float('exponential_avg_factor', BATCH_NORM_MOMENTUM)];
      const [y, newMean, newVariance, ...reserved] = tf.run('FusedBatchNormV3', attributes, [input, gamma, beta, mean, variance], 6);
      return { y: y!, mean: newMean!, variance: newVariance!, saved: { x: input, gamma, saved: reserved } };
    },
    batchNormGradient(dy, { x, gamma, saved }) {
      const [dx, dgamma, dbeta] = tf.run('FusedBatchNormGradV3', normAttributes(x, true), [dy, x, gamma, ...saved], 5);
      return { dx: dx!, dgamma: dgamma!, dbeta: dbeta! };
    },
    batchNormInference(x, { gamma, beta, mean, variance }) {
      const attributes = [...normAttributes(x, false), tf.float('exponential_avg_factor', 1)];
      return tf.run('FusedBatchNormV3', attributes, [as4d(x), gamma, beta, mean, variance], 6)[0]!;
    },

    crossEntropyGradient(logits, target) {
      const probability = tf.run('Sigmoid', [T(logits)], [logits])[0]!;
      const constant = (value: number) => tf.cast(tf.create(Float32Array.of(value), []), (logits as Handle).dtype);
      const difference = target === 0 ? probability : tf.run('Sub', [T(logits)], [probability, constant(target)])[0]!;
      return tf.run('Mul', [T(logits)], [difference, constant(1 / logits.shape[0]!)])[0]!;
    },
  };
}
