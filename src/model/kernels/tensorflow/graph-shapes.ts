// Room: model/kernels/tensorflow. Shapes and data types of what an operation gives, for the operations that the kernels use.

import { type Attribute, DataType } from './eager.ts';
import type { GraphOutput, GraphTensor } from './graph.ts';

/** One entry an output. Throws for an operation that no kernel uses. */
export function inferOutputs(op: string, attributes: readonly Attribute[], inputs: readonly GraphTensor[]): GraphOutput[] {
  const infer = SHAPES[op];
  if (!infer) throw new Error(`no shapes are known for ${op}`);
  const attribute = (name: string) => attributes.find((candidate) => candidate.name === name)?.value;
  return infer(inputs, attribute);
}

type Infer = (inputs: readonly GraphTensor[], attribute: (name: string) => unknown) => GraphOutput[];

const valuesOf = ({ values, ref }: GraphTensor): number[] => {
  if (!values) throw new Error(`${ref} is no constant`);
  return [...values];
};
const like: Infer = ([x]) => [x!];
const halved = (shape: readonly number[], channels: number) => [shape[0]!, Math.ceil(shape[1]! / 2), Math.ceil(shape[2]! / 2), channels];
const ofType = (attribute: (name: string) => unknown, shape: readonly number[]): GraphOutput => ({
  shape,
  dtype: attribute('T') as number,
});
const statistics = (x: GraphTensor): GraphOutput => ({ shape: [x.shape.at(-1)!], dtype: DataType.float32 });
const product = (a: readonly number[], b: readonly number[], [transposeA, transposeB]: [boolean, boolean]) => [
  a.at(transposeA ? -1 : -2)!,
  b.at(transposeB ? -2 : -1)!,
];

const SHAPES: Record<string, Infer> = {
  Identity: like,
  Tanh: like,
  TanhGrad: like,
  Sigmoid: like,
  LeakyRelu: like,
  LeakyReluGrad: like,
  BiasAdd: like,
  AddV2: like,
  Sub: like,
  Mul: like,
  Neg: like,
  BiasAddGrad: ([dy], attribute) => [ofType(attribute, [dy!.shape.at(-1)!])],
  Cast: ([x], attribute) => [{ shape: x!.shape, dtype: attribute('DstT') as number }],
  Reshape: ([x, shape]) => [{ shape: valuesOf(shape!), dtype: x!.dtype }],
  Transpose: ([x, permutation]) => [{ shape: valuesOf(permutation!).map((axis) => x!.shape[axis]!), dtype: x!.dtype }],
  ConcatV2: ([a, b, axis]) => {
    const [along] = valuesOf(axis!);
    return [{ shape: a!.shape.map((size, i) => (i === along ? size + b!.shape[i]! : size)), dtype: a!.dtype }];
  },
  SplitV: ([x, sizes, axis]) => {
    const [along] = valuesOf(axis!);
    return valuesOf(sizes!).map((part) => ({ shape: x!.shape.map((size, i) => (i === along ? part : size)), dtype: x!.dtype }));
  },
  Slice: ([x, , size]) => [{ shape: valuesOf(size!), dtype: x!.dtype }],
  ReverseV2: like,
  AddN: like,
  Pad: ([x, paddings]) => {
    const around = valuesOf(paddings!);
    return [{ shape: x!.shape.map((size, axis) => around[2 * axis]! + size + around[2 * axis + 1]!), dtype: x!.dtype }];
  },
  MatMul: ([a, b], attribute) => [
    ofType(attribute, product(a!.shape, b!.shape, [attribute('transpose_a') as boolean, attribute('transpose_b') as boolean])),
  ],
  BatchMatMulV2: ([a, b], attribute) => {
    const batch = (a!.shape.length > b!.shape.length ? a : b)!.shape.slice(0, -2);
    return [ofType(attribute, [...batch, ...product(a!.shape, b!.shape, [attribute('adj_x') as boolean, attribute('adj_y') as boolean])])];
  },
  // Kernel 4, stride 2, padding 'SAME'; or kernel 2, stride 1, one row and column of padding on each side.
  Conv2D: ([x, filter], attribute) => {
    const [batch, height, width] = x!.shape as [number, number, number];
    const outputs = filter!.shape[3]!;
    const isSame = attribute('padding') === 'SAME';
    return [ofType(attribute, isSame ? halved(x!.shape, outputs) : [batch, height + 1, width + 1, outputs])];
  },
  Conv2DBackpropInput: ([shape], attribute) => [ofType(attribute, valuesOf(shape!))],
  Conv2DBackpropFilter: ([, shape], attribute) => [ofType(attribute, valuesOf(shape!))],
  ExtractImagePatches: ([x], attribute) => [ofType(attribute, halved(x!.shape, 16 * x!.shape[3]!))],
  // y, mean, variance and three reserved for the gradient, which alone knows their shapes.
  FusedBatchNormV3: ([x]) => [x!, ...Array.from({ length: 5 }, () => statistics(x!))],
  FusedBatchNormGradV3: ([dy]) => [dy!, ...Array.from({ length: 4 }, () => statistics(dy!))],
  ReadVariableOp: ([variable]) => [{ shape: variable!.shape, dtype: DataType.float32 }],
  ResourceApplyAdam: () => [],
};
