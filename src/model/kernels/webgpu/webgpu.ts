// Kernels on WebGPU, in float32: own WGSL, so that a compiled function is written down once and replayed with one submission.

import {
  BATCH_NORM_EPSILON,
  BATCH_NORM_MOMENTUM,
  type Kernels,
  LEAKY_SLOPE,
  MOST_PICTURES,
  type PictureSource,
  type StoredPictures,
  type Tensor,
} from '../kernels.ts';
import type { Device } from './device.ts';
import { type Load, mapNode, type Node, type Storage } from './nodes.ts';
import { createWebgpuParameters } from './parameters.ts';
import { convolution, filterGradient, inputGradient, matrixProduct, type Product, productNodes } from './products.ts';
import { Program } from './program.ts';
import { takeNode } from './stored-pictures.ts';
import { columnSumNodes, momentNodes, sumNode } from './sums.ts';
import { arrayOf, GpuArray, Tensors } from './tensors.ts';

/** Of stored pictures: WebGPU does not tell how much memory a GPU has, and an integrated one may have little. */
const MOST_PICTURE_BYTES = 512 * 2 ** 20;
/** Of one write: the queue copies it. */
const WRITE_BYTES = 16 * 2 ** 20;

export function createWebgpuKernels(device: Device): Kernels {
  const tensors = new Tensors(device);
  const program = new Program(device, tensors);

  const tensorOf = (array: GpuArray, shape: readonly number[]): Tensor =>
    program.trace ? ({ array, shape } as Tensor) : tensors.make(array, shape);
  const upload = (values: Float32Array, shape: readonly number[]) => tensorOf(new GpuArray(values.length, { host: values }), shape);

  /** Writes nodes down, or computes them, with what lies between them. */
  function emit(nodesOf: (createPartial: (size: number) => GpuArray) => Node[]): void {
    const partials: GpuArray[] = [];
    const nodes = nodesOf((size) => {
      const partial = new GpuArray(size);
      partials.push(partial);
      return partial;
    });
    if (program.trace) {
      program.trace.add(...nodes);
      return;
    }
    for (const node of nodes) tensors.run(node);
    for (const partial of partials) tensors.release(partial);
  }
  function make(shape: readonly number[], nodesOf: (output: GpuArray, createPartial: (size: number) => GpuArray) => Node[]): Tensor {
    const output = new GpuArray(sizeOf(shape));
    if (program.trace)
      return tensorOf(
        program.trace.find(output, (createPartial) => nodesOf(output, createPartial)),
        shape,
      );
    emit((createPartial) => nodesOf(output, createPartial));
    return tensorOf(output, shape);
  }
  const map = (shape: readonly number[], loads: readonly Load[], expression: (args: readonly string[], i: string) => string) =>
    make(shape, (output) => [mapNode(output, loads, expression)]);
  const each = (x: Tensor, expression: (x: string) => string) => map(x.shape, [{ storage: arrayOf(x) }], ([value]) => expression(value!));
  const both = (x: Tensor, y: Tensor, expression: (x: string, y: string) => string) => {
    const shape = x.shape.map((size, axis) => (size === 1 ? y.shape[axis]! : size));
    return map(shape, [spreadLoad(x, shape), spreadLoad(y, shape)], ([a, b]) => expression(a!, b!));
  };
  const product = ({ shape, ...rest }: Omit<Product, 'output'> & { shape: number[] }) =>
    make(shape, (output, createPartial) => productNodes({ ...rest, output }, createPartial));
  const matrix = (x: Tensor) => ({ storage: arrayOf(x), shape: x.shape });
  const ofChannel = (x: Tensor, storage: Tensor): Load => ({ storage: arrayOf(storage), at: (i) => `${i} % ${x.shape.at(-1)}u` });
  const rowsOf = (x: Tensor) => ({ rows: sizeOf(x.shape) / x.shape.at(-1)!, channels: x.shape.at(-1)! });

  return {
    precision: 'float32',
    scope: (work) => (program.trace ? work() : tensors.scope(work)),
    keep: (tensor) => tensors.keep(tensor),
    free: (...freed) => tensors.free(...freed),
    count: () => tensors.count,
    ready: () => device.ready(),

    compile: (work) => program.compile(work),

    storePictures,

    tensor: upload,
    tensorFloat32: upload,
    read: (x) => tensors.read(arrayOf(x)),
    parameters: (specs, initial, { averaged = false } = {}) =>
      createWebgpuParameters({ device, tensors, program }, { specs, initial, averaged }),

    activation: (x) => x,
    float32: (x) => x,
    reshape: (x, shape) => tensorOf(arrayOf(x), shape),
    concat(a, b) {
      const [first, second] = [a.shape.at(-1)!, b.shape.at(-1)!];
      const whole = first + second;
      const loads = [
        { storage: arrayOf(a), at: (i: string) => `${i} / ${whole}u * ${first}u + min(${i} % ${whole}u, ${first - 1}u)` },
        { storage: arrayOf(b), at: (i: string) => `${i} / ${whole}u * ${second}u + max(${i} % ${whole}u, ${first}u) - ${first}u` },
      ];
      return map([...a.shape.slice(0, -1), whole], loads, ([x, y], i) => `select(${y}, ${x}, ${i} % ${whole}u < ${first}u)`);
    },
    split(x, a) {
      const whole = x.shape.at(-1)!;
      const part = (from: number, size: number) =>
        map(
          [...x.shape.slice(0, -1), size],
          [{ storage: arrayOf(x), at: (i) => `${i} / ${size}u * ${whole}u + ${i} % ${size}u + ${from}u` }],
          ([value]) => value!,
        );
      return [part(0, a), part(a, whole - a)];
    },
    transpose(x, permutation) {
      const shape = permutation.map((axis) => x.shape[axis]!);
      const strides = permutation.map((axis) => sizeOf(x.shape.slice(axis + 1)));
      return map(shape, [{ storage: arrayOf(x), at: indexWith(shape, strides) }], ([value]) => value!);
    },
    matMul: (a, b, { transposeA = false, transposeB = false } = {}) =>
      product(matrixProduct(matrix(a), matrix(b), { transposeA, transposeB })),
    add: (a, b) => both(a, b, (x, y) => `${x} + ${y}`),
    sub: (a, b) => both(a, b, (x, y) => `${x} - ${y}`),
    mul: (a, b) => both(a, b, (x, y) => `${x} * ${y}`),
    negate: (x) => each(x, (value) => `-${value}`),
    reciprocal: (x) => each(x, (value) => `1.0 / ${value}`),
    rsqrt: (x) => each(x, (value) => `1.0 / sqrt(${value})`),
    sigmoid: (x) => each(x, sigmoid),
    sum: (x, axes) =>
      make(
        x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
        (output) => [sumNode(arrayOf(x), output, { shape: x.shape, axes })],
      ),
    spread: (x, shape) => map(shape, [spreadLoad(x, shape)], ([value]) => value!),
    addBias: (x, bias) => map(x.shape, [{ storage: arrayOf(x) }, ofChannel(x, bias)], ([value, b]) => `${value} + ${b}`),
    biasGradient(dy) {
      const sums = { ...rowsOf(dy), reads: [arrayOf(dy)], terms: [readAt(arrayOf(dy))] };
      return make([sums.channels], (output, createPartial) => columnSumNodes(sums, [output], createPartial));
    },

    conv: (x, filter) => product(convolution(matrix(x), matrix(filter))),
    convInputGradient: (dy, filter) => product(inputGradient(matrix(dy), matrix(filter))),
    convFilterGradient: (x, dy) => product(filterGradient(matrix(x), matrix(dy))),

    leakyRelu: (x) => each(x, (value) => `select(${LEAKY_SLOPE} * ${value}, ${value}, ${value} > 0.0)`),
    leakyReluGradient: (dy, y) =>
      map(
        dy.shape,
        [{ storage: arrayOf(dy) }, { storage: arrayOf(y) }],
        ([d, value]) => `${d} * select(${LEAKY_SLOPE}, 1.0, ${value} > 0.0)`,
      ),
    // tanh of a large value is NaN on some GPUs, and clamp makes a number of NaN, which has to show.
    tanh: (x) => each(x, (value) => `select(tanh(clamp(${value}, -20.0, 20.0)), ${value}, ${isNoNumber(value)})`),
    tanhGradient: (dy, y) =>
      map(dy.shape, [{ storage: arrayOf(dy) }, { storage: arrayOf(y) }], ([d, value]) => `${d} * (1.0 - ${value} * ${value})`),

    batchNorm(x, { gamma, beta }, running) {
      const { rows, channels } = rowsOf(x);
      /** [mean, 1 / deviation], [2 * channels] */
      const statistics = new GpuArray(2 * channels);
      const after = running && { mean: new GpuArray(channels), variance: new GpuArray(channels) };
      emit((createPartial) =>
        momentNodes(
          {
            rows,
            channels,
            x: arrayOf(x),
            reads: running ? [arrayOf(running.mean), arrayOf(running.variance)] : [],
            writes: [statistics, ...(after ? [after.mean, after.variance] : [])],
            finish(access) {
              const blend = (old: Tensor, value: string, into: GpuArray) =>
                access.write(
                  'c',
                  `${access.read(arrayOf(old), 'c')} * ${1 - BATCH_NORM_MOMENTUM} + ${value} * ${BATCH_NORM_MOMENTUM}`,
                  into,
                );
              return `${access.write('c', 'mean', statistics)}
${access.write(`${channels}u + c`, `1.0 / sqrt(variance + ${BATCH_NORM_EPSILON})`, statistics)}
${after ? blend(running!.mean, 'mean', after.mean) : ''}
${after ? blend(running!.variance, `(variance * ${decimal(rows / Math.max(1, rows - 1))})`, after.variance) : ''}`;
            },
          },
          createPartial,
        ),
      );
      const saved = tensorOf(statistics, [2 * channels]);
      const loads = [{ storage: arrayOf(x) }, ofChannel(x, saved), deviationLoad(x, saved), ofChannel(x, gamma), ofChannel(x, beta)];
      return {
        y: map(x.shape, loads, ([value, mean, inverse, scale, shift]) => `(${value} - ${mean}) * ${inverse} * ${scale} + ${shift}`),
        saved: { x, gamma, saved: [saved] },
        running: after && { mean: tensorOf(after.mean, [channels]), variance: tensorOf(after.variance, [channels]) },
      };
    },
    batchNormGradient(dy, { x, gamma, saved: [saved] }) {
      const { rows, channels } = rowsOf(dy);
      const [dbeta, dgamma] = [new GpuArray(channels), new GpuArray(channels)];
      const [d, value, statistics] = [arrayOf(dy), arrayOf(x), arrayOf(saved!)];
      emit((createPartial) =>
        columnSumNodes(
          {
            rows,
            channels,
            reads: [d, value, statistics],
            terms: [
              readAt(d),
              (access) =>
                `${access.read(d, 'i')} * (${access.read(value, 'i')} - ${access.read(statistics, 'c')}) * ${access.read(statistics, `${channels}u + c`)}`,
            ],
          },
          [dbeta, dgamma],
          createPartial,
        ),
      );
      const sums = { dgamma: tensorOf(dgamma, [channels]), dbeta: tensorOf(dbeta, [channels]) };
      const loads = [
        { storage: d },
        { storage: value },
        ofChannel(dy, saved!),
        deviationLoad(dy, saved!),
        ofChannel(dy, gamma),
        ofChannel(dy, sums.dgamma),
        ofChannel(dy, sums.dbeta),
      ];
      const share = decimal(1 / rows);
      const dx = map(
        dy.shape,
        loads,
        ([own, from, mean, inverse, scale, sumGamma, sumBeta]) =>
          `(${own} - ((${from} - ${mean}) * ${inverse} * ${sumGamma} + ${sumBeta}) * ${share}) * ${scale} * ${inverse}`,
      );
      return { dx, ...sums };
    },
    batchNormInference(x, { gamma, beta }, { mean, variance }) {
      const loads = [{ storage: arrayOf(x) }, ...[mean, variance, gamma, beta].map((storage) => ofChannel(x, storage))];
      return map(
        x.shape,
        loads,
        ([value, m, v, scale, shift]) => `(${value} - ${m}) / sqrt(${v} + ${BATCH_NORM_EPSILON}) * ${scale} + ${shift}`,
      );
    },

    crossEntropyGradient(logits, target) {
      const share = decimal(1 / logits.shape[0]!);
      // sigmoid(x) - 1 = -sigmoid(-x), which loses no digits.
      return each(logits, (x) => (target === 1 ? `-${sigmoid(`-${x}`)} * ${share}` : `(${sigmoid(x)} - ${decimal(target)}) * ${share}`));
    },
    hingeGradient(logits, target) {
      const gradient = decimal((target === 1 ? -1 : 1) / logits.shape[0]!);
      return each(logits, (x) => `select(0.0, ${gradient}, ${x} ${target === 1 ? '< 1.0' : '> -1.0'})`);
    },
  };

  function storePictures({ count, pixels, numbers, walks, read }: PictureSource): StoredPictures | null {
    const size = (count * pixels * 3) / 4;
    if (size * 4 > Math.min(MOST_PICTURE_BYTES, device.mostBytes) || count > MOST_PICTURES) return null;
    const place = { buffer: device.create(size * 4), offset: 0 };
    const values = read();
    for (let offset = 0; offset < values.length; offset += WRITE_BYTES)
      device.upload({ ...place, offset }, values.subarray(offset, offset + WRITE_BYTES));
    const bytes = new GpuArray(size, { place, type: 'u32' });
    const tables = { numbers: fixed(numbers), walks: fixed(walks()) };
    return {
      take: (chosen, walked) =>
        make([chosen.shape[0]!, pixels, 3], (output) => [
          takeNode({ bytes, ...tables, chosen: arrayOf(chosen), walked: arrayOf(walked), output }, { pixels }),
        ]),
    };
  }

  /** Values that stay on the GPU. */
  function fixed(values: Float32Array): GpuArray {
    const place = { buffer: device.create(values.byteLength), offset: 0 };
    device.upload(place, values);
    return new GpuArray(values.length, { place });
  }

  function deviationLoad(x: Tensor, statistics: Tensor): Load {
    const channels = x.shape.at(-1)!;
    return { storage: arrayOf(statistics), at: (i) => `${channels}u + ${i} % ${channels}u` };
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A number as a float of WGSL. */
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : `${value}`);

/** By its bits: compilers may take it that nothing differs from itself. */
const isNoNumber = (x: string): string => `((bitcast<u32>(${x}) & 0x7fffffffu) > 0x7f800000u)`;

const sigmoid = (x: string): string => `(1.0 / (1.0 + exp(-(${x}))))`;

const readAt = (storage: Storage) => (access: { read(storage: Storage, index: string): string }) => access.read(storage, 'i');

/** The index in an array with these strides, for an index over `shape`. */
function indexWith(shape: readonly number[], strides: readonly number[]): (i: string) => string {
  return (i) => {
    const summands = shape.flatMap((size, axis) => {
      const inner = sizeOf(shape.slice(axis + 1));
      return size > 1 && strides[axis]! > 0 ? [`((${i} / ${inner}u) % ${size}u) * ${strides[axis]}u`] : [];
    });
    return summands.join(' + ') || '0u';
  };
}

/** x where it is spread over `shape`, of the same rank. */
function spreadLoad(x: Tensor, shape: readonly number[]): Load {
  if (sizeOf(x.shape) === sizeOf(shape)) return { storage: arrayOf(x) };
  const strides = x.shape.map((size, axis) => (size === 1 ? 0 : sizeOf(x.shape.slice(axis + 1))));
  return { storage: arrayOf(x), at: indexWith(shape, strides) };
}
