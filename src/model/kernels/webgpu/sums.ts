// (pure) Sums over axes, and what batch norm sums over the rows of [rows, channels]. Always in the same order, so that they repeat bit for bit.

import { type Access, MOST_WORKGROUPS, type Node, perValue, type Storage, THREADS } from './nodes.ts';

/** Sums of so many terms are left to one thread. */
const FEW_TERMS = 64;

/** x of `shape` -> its sums over `axes`, which are kept with size 1 */
export function sumNode(x: Storage, output: Storage, { shape, axes }: { shape: readonly number[]; axes: readonly number[] }): Node {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const terms = axes.reduce((product, axis) => product * shape[axis]!, 1);
  /** From an index over some axes to a part of the index in x. */
  const place = (index: string, over: readonly number[]) => {
    let rest = 1;
    const summands = over
      .filter((axis) => shape[axis]! > 1)
      .toReversed()
      .map((axis) => {
        const summand = `((${index} / ${rest}u) % ${shape[axis]}u) * ${strides[axis]}u`;
        rest *= shape[axis]!;
        return summand;
      });
    return summands.join(' + ') || '0u';
  };
  const term = (access: Access, output: string, index: string) => access.read(x, `${place(output, kept)} + ${place(index, axes)}`);
  if (terms <= FEW_TERMS) {
    const statements = (access: Access) => `var sum = 0.0;
for (var t = 0u; t < ${terms}u; t++) { sum += ${term(access, 'i', 't')}; }
${access.write('i', 'sum')}`;
    return {
      reads: [x],
      writes: [output],
      workgroups: perValue(output.size, '').workgroups,
      body: (access) => perValue(output.size, statements(access)).body,
    };
  }
  const columns = Math.min(output.size, MOST_WORKGROUPS);
  return {
    reads: [x],
    writes: [output],
    workgroups: [columns, Math.ceil(output.size / columns), 1],
    declarations: () => `var<workgroup> sums: array<f32, ${THREADS}>;`,
    body: (access) => `let o = group.y * ${columns}u + group.x;
if (o >= ${output.size}u) { return; }
var own = 0.0;
for (var t = thread; t < ${terms}u; t += ${THREADS}u) { own += ${term(access, 'o', 't')}; }
sums[thread] = own;
${halve('sums', THREADS, 1)}
if (thread == 0u) { ${access.write('o', 'sums[0]')} }`,
  };
}

/** Adds up `count` values of a workgroup's memory that lie `stride` apart, for each of the first `stride` places. */
const halve = (name: string, count: number, stride: number): string => `workgroupBarrier();
for (var half = ${count / 2}u; half > 0u; half /= 2u) {
  if (thread < half * ${stride}u) { ${name}[thread] += ${name}[thread + half * ${stride}u]; }
  workgroupBarrier();
}`;

/** A value of each row and channel of [rows, channels], or of each channel, where `at` says so. */
export interface ColumnSums {
  rows: number;
  channels: number;
  reads: readonly Storage[];
  /** WGSL of what is summed, each into an output [channels]: `r` is the row, `c` the channel, `i` the index in [rows, channels]. */
  terms: readonly ((access: Access) => string)[];
}

/** Channels of a workgroup; the other threads share out the rows. */
const COLUMNS = 16;
const LANES = THREADS / COLUMNS;
/** So many rows are left to one workgroup for each 16 channels. */
const ROWS_OF_ONE = 4096;
const ROWS_OF_PART = 1024;
const MOST_PARTS = 128;

/** How the rows are shared out between workgroups. */
function cutRows(rows: number): { parts: number; rowsOfPart: number } {
  if (rows <= ROWS_OF_ONE) return { parts: 1, rowsOfPart: rows };
  const rowsOfPart = Math.max(ROWS_OF_PART, Math.ceil(rows / MOST_PARTS));
  return { parts: Math.ceil(rows / rowsOfPart), rowsOfPart };
}

/** Sums over the rows, each into the output of its place: one node, or two where there are many rows. */
export function columnSumNodes(sums: ColumnSums, outputs: readonly Storage[], createPartial: (size: number) => Storage): Node[] {
  const { rows, channels, reads, terms } = sums;
  const { parts, rowsOfPart } = cutRows(rows);
  const partial = parts > 1 ? createPartial(parts * terms.length * channels) : undefined;
  const first: Node = {
    reads,
    writes: partial ? [partial] : outputs,
    workgroups: [Math.ceil(channels / COLUMNS), parts, 1],
    declarations: () => terms.map((_, t) => `var<workgroup> sums${t}: array<f32, ${THREADS}>;`).join('\n'),
    body: (access) => `${columnStart(rows, rowsOfPart)}
${terms.map((_, t) => `var sum${t} = 0.0;`).join('\n')}
if (c < ${channels}u) {
for (var r = firstRow + lane; r < endRow; r += ${LANES}u) {
let i = r * ${channels}u + c;
${terms.map((term, t) => `sum${t} += ${term(access)};`).join('\n')}
} }
${terms.map((_, t) => `sums${t}[thread] = sum${t};`).join('\n')}
${terms.map((_, t) => halve(`sums${t}`, LANES, COLUMNS)).join('\n')}
if (lane == 0u && c < ${channels}u) {
${terms.map((_, t) => (partial ? access.write(`(group.y * ${terms.length}u + ${t}u) * ${channels}u + c`, `sums${t}[thread]`) : access.write('c', `sums${t}[thread]`, outputs[t]))).join('\n')}
}`,
  };
  if (!partial) return [first];
  const statements = (access: Access) => `${terms.map((_, t) => `var sum${t} = 0.0;`).join('\n')}
for (var part = 0u; part < ${parts}u; part++) {
${terms.map((_, t) => `sum${t} += ${access.read(partial, `(part * ${terms.length}u + ${t}u) * ${channels}u + i`)};`).join('\n')}
}
${terms.map((_, t) => access.write('i', `sum${t}`, outputs[t])).join('\n')}`;
  return [
    first,
    {
      reads: [partial],
      writes: outputs,
      workgroups: perValue(channels, '').workgroups,
      body: (access) => perValue(channels, statements(access)).body,
    },
  ];
}

const columnStart = (rows: number, rowsOfPart: number): string => `let c = group.x * ${COLUMNS}u + thread % ${COLUMNS}u;
let lane = thread / ${COLUMNS}u;
let firstRow = group.y * ${rowsOfPart}u;
let endRow = min(${rows}u, firstRow + ${rowsOfPart}u);`;

export interface Moments {
  rows: number;
  channels: number;
  x: Storage;
  reads: readonly Storage[];
  writes: readonly Storage[];
  /** WGSL: what is written from `mean` and `variance`, the batch's own and biased, of channel `c`. */
  finish: (access: Access) => string;
}

/**
 * Mean and variance over the rows of x [rows, channels]: of each part first its mean, then the squares of the distances from it, as
 * Chan, Golub and LeVeque 1983 put parts together ("Algorithms for computing the sample variance").
 */
export function momentNodes(moments: Moments, createPartial: (size: number) => Storage): Node[] {
  const { rows, channels, x } = moments;
  const { reads, writes, finish } = moments;
  const { parts, rowsOfPart } = cutRows(rows);
  const partial = parts > 1 ? createPartial(parts * 2 * channels) : undefined;
  const loop = (statement: string) =>
    `if (c < ${channels}u) { for (var r = firstRow + lane; r < endRow; r += ${LANES}u) { ${statement} } }`;
  const first: Node = {
    reads: partial ? [x] : [x, ...reads],
    writes: partial ? [partial] : writes,
    workgroups: [Math.ceil(channels / COLUMNS), parts, 1],
    declarations: () => `var<workgroup> sums: array<f32, ${THREADS}>;`,
    body: (access) => `${columnStart(rows, rowsOfPart)}
let count = f32(endRow - firstRow);
var own = 0.0;
${loop(`own += ${access.read(x, `r * ${channels}u + c`)};`)}
sums[thread] = own;
${halve('sums', LANES, COLUMNS)}
let mean = sums[thread % ${COLUMNS}u] / count;
workgroupBarrier();
own = 0.0;
${loop(`let d = ${access.read(x, `r * ${channels}u + c`)} - mean; own = fma(d, d, own);`)}
sums[thread] = own;
${halve('sums', LANES, COLUMNS)}
if (lane == 0u && c < ${channels}u) {
${
  partial
    ? `${access.write(`(2u * group.y) * ${channels}u + c`, 'mean')}
${access.write(`(2u * group.y + 1u) * ${channels}u + c`, 'sums[thread]')}`
    : `let variance = sums[thread] / count;
${finish(access)}`
}
}`,
  };
  if (!partial) return [first];
  const statements = (access: Access) => `let c = i;
var sum = 0.0;
for (var part = 0u; part < ${parts}u; part++) {
let count = f32(min(${rowsOfPart}u, ${rows}u - part * ${rowsOfPart}u));
sum = fma(count, ${access.read(partial, `2u * part * ${channels}u + c`)}, sum);
}
let mean = sum / ${rows}.0;
var squares = 0.0;
for (var part = 0u; part < ${parts}u; part++) {
let count = f32(min(${rowsOfPart}u, ${rows}u - part * ${rowsOfPart}u));
let d = ${access.read(partial, `2u * part * ${channels}u + c`)} - mean;
squares += fma(count * d, d, ${access.read(partial, `(2u * part + 1u) * ${channels}u + c`)});
}
let variance = squares / ${rows}.0;
${finish(access)}`;
  return [
    first,
    {
      reads: [partial, ...reads],
      writes,
      workgroups: perValue(channels, '').workgroups,
      body: (access) => perValue(channels, statements(access)).body,
    },
  ];
}
