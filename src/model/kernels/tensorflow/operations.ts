// (pure) What a graph has to know of each TensorFlow operation before it runs: shapes and data types of the outputs, and whether an
// output may be a view of the first input's memory. An operation that a kernel uses has its row here.

import { type Attribute, DataType, type GraphOutput, type GraphTensor } from './handles.ts';

interface Operation {
  /** One entry an output. */
  outputs: Infer;
  /**
   * Whether an output may share the memory of the first input while something else holds it too: an update of a variable in place must
   * then wait for whoever reads that output. (Elementwise operations write over an input only where nothing else holds it.)
   */
  shares: (inputs: readonly GraphTensor[], attribute: Attributes) => boolean;
}

type Attributes = (name: string) => unknown;
type Infer = (inputs: readonly GraphTensor[], attribute: Attributes) => GraphOutput[];

/** What the operation gives, and whether it may be a view of the first input. Throws for an operation without a row. */
export function describeOperation(
  op: string,
  attributes: readonly Attribute[],
  inputs: readonly GraphTensor[],
): { outputs: GraphOutput[]; sharesMemory: boolean } {
  const operation = OPERATIONS[op];
  if (!operation) throw new Error(`${op} has no row in tensorflow/operations.ts: its shapes, and whether it shares memory, are not known`);
  const attribute: Attributes = (name) => attributes.find((candidate) => candidate.name === name)?.value;
  return { outputs: operation.outputs(inputs, attribute), sharesMemory: operation.shares(inputs, attribute) };
}

const valuesOf = ({ values, ref }: GraphTensor): number[] => {
  if (!values) throw new Error(`${ref} is no constant`);
  return [...values];
};
const like: Infer = ([x]) => [x!];
/** Shapes are aligned at their last axes; a size of 1 is spread. */
const spreadTogether: Infer = ([a, b]) => {
  const [long, short] = a!.shape.length >= b!.shape.length ? [a!, b!] : [b!, a!];
  const ahead = long.shape.length - short.shape.length;
  return [{ shape: long.shape.map((size, i) => (size === 1 && i >= ahead ? short.shape[i - ahead]! : size)), dtype: a!.dtype }];
};
const halved = (shape: readonly number[], channels: number) => [shape[0]!, Math.ceil(shape[1]! / 2), Math.ceil(shape[2]! / 2), channels];
const ofType = (attribute: Attributes, shape: readonly number[]): GraphOutput => ({
  shape,
  dtype: attribute('T') as number,
});
const statistics = (x: GraphTensor): GraphOutput => ({ shape: [x.shape.at(-1)!], dtype: DataType.float32 });
const product = (a: readonly number[], b: readonly number[], [transposeA, transposeB]: [boolean, boolean]) => [
  a.at(transposeA ? -1 : -2)!,
  b.at(transposeB ? -2 : -1)!,
];

/** Fresh memory. */
const fresh = (outputs: Infer): Operation => ({ outputs, shares: () => false });
const elementwise = fresh(like);

const OPERATIONS: Record<string, Operation> = {
  Identity: { outputs: like, shares: () => true },
  Tanh: elementwise,
  TanhGrad: elementwise,
  Sigmoid: elementwise,
  LeakyRelu: elementwise,
  LeakyReluGrad: elementwise,
  BiasAdd: elementwise,
  AddV2: fresh(spreadTogether),
  Sub: fresh(spreadTogether),
  Mul: fresh(spreadTogether),
  Neg: elementwise,
  Reciprocal: elementwise,
  Rsqrt: elementwise,
  Less: fresh((inputs, attribute) => spreadTogether(inputs, attribute).map(({ shape }) => ({ shape, dtype: DataType.bool }))),
  Sum: {
    outputs: ([x, axes]) => {
      const over = valuesOf(axes!);
      return [{ shape: x!.shape.map((size, axis) => (over.includes(axis) ? 1 : size)), dtype: x!.dtype }];
    },
    // Where there is nothing to add up.
    shares: ([x, axes]) => valuesOf(axes!).every((axis) => x!.shape[axis] === 1),
  },
  BroadcastTo: {
    outputs: ([x, shape]) => [{ shape: valuesOf(shape!), dtype: x!.dtype }],
    shares: ([x, shape]) => valuesOf(shape!).every((size, axis) => size === x!.shape[axis]),
  },
  // Of float32 as bytes.
  Bitcast: { outputs: ([x], attribute) => [{ shape: [...x!.shape, 4], dtype: attribute('type') as number }], shares: () => true },
  // The axis is the first that is not a batch's.
  GatherV2: fresh(([from, indices, axis]) => {
    const [along] = valuesOf(axis!) as [number];
    return [{ shape: [...indices!.shape, ...from!.shape.slice(along + 1)], dtype: from!.dtype }];
  }),
  BiasAddGrad: fresh(([dy], attribute) => [ofType(attribute, [dy!.shape.at(-1)!])]),
  Cast: {
    outputs: ([x], attribute) => [{ shape: x!.shape, dtype: attribute('DstT') as number }],
    shares: (_, attribute) => attribute('SrcT') === attribute('DstT'),
  },
  Reshape: { outputs: ([x, shape]) => [{ shape: valuesOf(shape!), dtype: x!.dtype }], shares: () => true },
  Transpose: {
    outputs: ([x, permutation]) => [{ shape: valuesOf(permutation!).map((axis) => x!.shape[axis]!), dtype: x!.dtype }],
    // Where only axes of size 1 move.
    shares: ([x, permutation]) =>
      valuesOf(permutation!)
        .filter((axis) => x!.shape[axis]! > 1)
        .every((axis, i, axes) => i === 0 || axis > axes[i - 1]!),
  },
  ConcatV2: fresh(([a, b, axis]) => {
    const [along] = valuesOf(axis!);
    return [{ shape: a!.shape.map((size, i) => (i === along ? size + b!.shape[i]! : size)), dtype: a!.dtype }];
  }),
  SplitV: {
    outputs: ([x, sizes, axis]) => {
      const [along] = valuesOf(axis!);
      return valuesOf(sizes!).map((part) => ({ shape: x!.shape.map((size, i) => (i === along ? part : size)), dtype: x!.dtype }));
    },
    // Parts that follow one another in memory.
    shares: ([x, , axis]) => x!.shape.slice(0, valuesOf(axis!)[0]).every((size) => size === 1),
  },
  Slice: {
    outputs: ([x, , size]) => [{ shape: valuesOf(size!), dtype: x!.dtype }],
    // Whole rows, as they lie in memory.
    shares: ([x, , size]) => valuesOf(size!).every((length, axis) => axis === 0 || length === x!.shape[axis]),
  },
  ReverseV2: { outputs: like, shares: ([, axes]) => valuesOf(axes!).length === 0 },
  AddN: { outputs: like, shares: (inputs) => inputs.length === 1 },
  Pad: {
    outputs: ([x, paddings]) => {
      const around = valuesOf(paddings!);
      return [{ shape: x!.shape.map((size, axis) => around[2 * axis]! + size + around[2 * axis + 1]!), dtype: x!.dtype }];
    },
    shares: ([, paddings]) => valuesOf(paddings!).every((size) => size === 0),
  },
  MatMul: fresh(([a, b], attribute) => [
    ofType(attribute, product(a!.shape, b!.shape, [attribute('transpose_a') as boolean, attribute('transpose_b') as boolean])),
  ]),
  BatchMatMulV2: fresh(([a, b], attribute) => {
    const batch = (a!.shape.length > b!.shape.length ? a : b)!.shape.slice(0, -2);
    return [ofType(attribute, [...batch, ...product(a!.shape, b!.shape, [attribute('adj_x') as boolean, attribute('adj_y') as boolean])])];
  }),
  // Kernel 4, stride 2, padding 'SAME'; or kernel 2, stride 1, one row and column of padding on each side.
  Conv2D: fresh(([x, filter], attribute) => {
    const [batch, height, width] = x!.shape as [number, number, number];
    const outputs = filter!.shape[3]!;
    const isSame = attribute('padding') === 'SAME';
    return [ofType(attribute, isSame ? halved(x!.shape, outputs) : [batch, height + 1, width + 1, outputs])];
  }),
  Conv2DBackpropInput: fresh(([shape], attribute) => [ofType(attribute, valuesOf(shape!))]),
  Conv2DBackpropFilter: fresh(([, shape], attribute) => [ofType(attribute, valuesOf(shape!))]),
  ExtractImagePatches: fresh(([x], attribute) => [ofType(attribute, halved(x!.shape, 16 * x!.shape[3]!))]),
  // y, mean, variance and three reserved for the gradient, which alone knows their shapes.
  FusedBatchNormV3: fresh(([x]) => [x!, ...Array.from({ length: 5 }, () => statistics(x!))]),
  FusedBatchNormGradV3: fresh(([dy]) => [dy!, ...Array.from({ length: 4 }, () => statistics(dy!))]),
  // The variable's own memory.
  ReadVariableOp: { outputs: ([variable]) => [{ shape: variable!.shape, dtype: DataType.float32 }], shares: () => true },
  ResourceApplyAdam: fresh(() => []),
  ResourceApplyGradientDescent: fresh(() => []),
};
