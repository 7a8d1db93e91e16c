// (pure) Products of matrices, convolutions and their gradients among them, in tiles that a workgroup keeps in its memory. Where the
// tiles are few and the sums long, each sum is cut into parts, which a second node adds up.

import { type Access, MOST_WORKGROUPS, type Node, perValue, type Storage, THREADS } from './nodes.ts';

/** out[at(m, n, z)] = sum over k of a(m, k, z) b(k, n, z) */
export interface Product {
  m: number;
  n: number;
  k: number;
  /** How many products. */
  batches: number;
  a: Factor;
  b: Factor;
  output: Storage;
  /** WGSL: the index in the output. */
  at: (m: string, n: string, z: string) => string;
}

interface Factor {
  storage: Storage;
  /** WGSL: statements of a function that returns the value at row `m` (a) or column `n` (b), and k, z. */
  value: (read: (index: string) => string) => string;
  /** Whether values of one k lie beside those of the next. */
  isAlongK: boolean;
}

/** So many workgroups keep a large GPU at work. */
const ENOUGH_WORKGROUPS = 192;
/** Fewer are not worth the dispatch that adds them up. */
const LEAST_PARTS = 4;
/** Of a part. */
const LEAST_TERMS = 128;
const MOST_PARTIAL_VALUES = 2 ** 24;
/** Threads in one direction of a tile. */
const SIDE = Math.sqrt(THREADS);

/** `createPartial` makes room for the parts of sums. */
export function productNodes(product: Product, createPartial: (size: number) => Storage): Node[] {
  const { m, n, k, batches, output } = product;
  const perThread = chooseTile(m, n);
  const tiles = Math.ceil(m / (perThread.m * SIDE)) * Math.ceil(n / (perThread.n * SIDE)) * batches;
  const wanted = Math.min(
    Math.floor(ENOUGH_WORKGROUPS / tiles),
    Math.floor(k / LEAST_TERMS),
    Math.floor(MOST_PARTIAL_VALUES / output.size),
  );
  const depth = perThread.m * perThread.n > 16 ? 8 : 16;
  if (wanted < LEAST_PARTS) return [tileNode(product, { perThread, depth, parts: 1, output, at: product.at })];
  const partTerms = Math.ceil(Math.ceil(k / wanted) / depth) * depth;
  const parts = Math.ceil(k / partTerms);
  const partial = createPartial(parts * output.size);
  return [
    tileNode(product, { perThread, depth, parts, output: partial, at: (m, n, z) => `part * ${output.size}u + ${product.at(m, n, z)}` }),
    sumOfParts(partial, output, parts),
  ];
}

/** Values a thread computes in each direction. */
function chooseTile(m: number, n: number): { m: number; n: number } {
  const fit = (size: number) => (size <= 16 ? 1 : size <= 32 ? 2 : size <= 64 ? 4 : 8);
  const [ofM, ofN] = [fit(m), fit(n)];
  const isLarge = ofM === 8 && ofN === 8 && m * n >= 128 * 128 * 16;
  return isLarge ? { m: 8, n: 8 } : { m: Math.min(ofM, 4), n: Math.min(ofN, 4) };
}

interface Tile {
  perThread: { m: number; n: number };
  /** Terms of the sums that are in the workgroup's memory at once. */
  depth: number;
  parts: number;
  output: Storage;
  at: Product['at'];
}

function tileNode(product: Product, { perThread, depth, parts, output, at }: Tile): Node {
  const { m, n, k, batches, a, b } = product;
  const [rows, columns] = [perThread.m * SIDE, perThread.n * SIDE];
  // One more than a row: neighbours in a column lie in different banks.
  const [pitchA, pitchB] = [rows + 1, columns + 1];
  const partTerms = Math.ceil(Math.ceil(k / parts) / depth) * depth;
  const tilesDown = Math.ceil(m / rows);
  /** So many tiles beneath each other lie in one row of workgroups: of very many rows, more than one. */
  const folds = Math.ceil(tilesDown / MOST_WORKGROUPS);
  const each = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i)).join('\n');
  const sums = Array.from({ length: perThread.m * perThread.n }, (_, e) => `sum${Math.floor(e / perThread.n)}_${e % perThread.n}`);
  const fill = (name: 'a' | 'b', size: number, of: { long: number; pitch: number; isAlongK: boolean }) => {
    const values = size * depth;
    const [inner, outer] = of.isAlongK ? ['e % DEPTH', 'e / DEPTH'] : [`e / ${size}u`, `e % ${size}u`];
    const start = name === 'a' ? 'firstRow' : 'firstColumn';
    const call = name === 'a' ? 'valueOfA(free, k, z)' : 'valueOfB(k, free, z)';
    return `for (var e = thread; e < ${values}u; e += ${THREADS}u) {
  let inner = ${inner}; let outer = ${outer};
  let k = start + inner; let free = ${start} + outer;
  var value = 0.0;
  if (k < end && free < ${of.long}u) { value = ${call}; }
  tile_${name}[inner * ${of.pitch}u + outer] = value;
}`;
  };
  return {
    reads: [a.storage, b.storage],
    writes: [output],
    workgroups: [Math.ceil(tilesDown / folds), Math.ceil(n / columns) * folds, batches * parts],
    declarations: (access) => `const DEPTH = ${depth}u;
var<workgroup> tile_a: array<f32, ${pitchA * depth}>;
var<workgroup> tile_b: array<f32, ${pitchB * depth}>;
fn valueOfA(m: u32, k: u32, z: u32) -> f32 {\n${a.value((index) => access.read(a.storage, index))}\n}
fn valueOfB(k: u32, n: u32, z: u32) -> f32 {\n${b.value((index) => access.read(b.storage, index))}\n}`,
    body: (access) => `let z = group.z / ${parts}u;
let part = group.z % ${parts}u;
let firstRow = ${folds > 1 ? `(group.x * ${folds}u + group.y % ${folds}u)` : 'group.x'} * ${rows}u;
let firstColumn = ${folds > 1 ? `group.y / ${folds}u` : 'group.y'} * ${columns}u;
let row = thread / ${SIDE}u;
let column = thread % ${SIDE}u;
let begin = part * ${partTerms}u;
let end = min(${k}u, begin + ${partTerms}u);
${sums.map((sum) => `var ${sum} = 0.0;`).join('\n')}
for (var start = begin; start < end; start += DEPTH) {
${fill('a', rows, { long: m, pitch: pitchA, isAlongK: a.isAlongK })}
${fill('b', columns, { long: n, pitch: pitchB, isAlongK: b.isAlongK })}
workgroupBarrier();
for (var t = 0u; t < DEPTH; t++) {
${each(perThread.m, (i) => `let a${i} = tile_a[t * ${pitchA}u + row + ${i * SIDE}u];`)}
${each(perThread.n, (j) => `let b${j} = tile_b[t * ${pitchB}u + column + ${j * SIDE}u];`)}
${each(perThread.m, (i) => each(perThread.n, (j) => `sum${i}_${j} = fma(a${i}, b${j}, sum${i}_${j});`))}
}
workgroupBarrier();
}
var sums = array<f32, ${perThread.m * perThread.n}>(${sums.join(', ')});
for (var e = 0u; e < ${perThread.m * perThread.n}u; e++) {
let m = firstRow + row + e / ${perThread.n}u * ${SIDE}u;
let n = firstColumn + column + e % ${perThread.n}u * ${SIDE}u;
if (m < ${m}u && n < ${n}u) { ${access.write(at('m', 'n', 'z'), 'sums[e]')} }
}`,
  };
}

/** partial [parts, size] -> [size] */
function sumOfParts(partial: Storage, output: Storage, parts: number): Node {
  const { size } = output;
  const statements = (access: Access) => `var sum = 0.0;
for (var part = 0u; part < ${parts}u; part++) { sum += ${access.read(partial, `part * ${size}u + i`)}; }
${access.write('i', 'sum')}`;
  return {
    reads: [partial],
    writes: [output],
    workgroups: perValue(size, '').workgroups,
    body: (access) => perValue(size, statements(access)).body,
  };
}

interface Matrix {
  storage: Storage;
  shape: readonly number[];
}

/** 2-D product, or one for each leading index, where a 2-D operand is shared. */
export function matrixProduct(
  a: Matrix,
  b: Matrix,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): Omit<Product, 'output'> & { shape: number[] } {
  const batches = a.shape.length === 3 ? a.shape[0]! : b.shape.length === 3 ? b.shape[0]! : 1;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const leading = ({ shape }: Matrix) => (shape.length === 3 ? `z * ${shape[1]! * shape[2]!}u + ` : '');
  const indexA = `${leading(a)}${transposeA ? `k * ${columnsA}u + m` : `m * ${columnsA}u + k`}`;
  const indexB = `${leading(b)}${transposeB ? `n * ${columnsB}u + k` : `k * ${columnsB}u + n`}`;
  return {
    m,
    n,
    k,
    batches,
    a: { storage: a.storage, value: (read) => `return ${read(indexA)};`, isAlongK: !transposeA },
    b: { storage: b.storage, value: (read) => `return ${read(indexB)};`, isAlongK: transposeB },
    at: (row, column, z) => `(${batches > 1 ? `${z} * ${m}u + ` : ''}${row}) * ${n}u + ${column}`,
    shape: a.shape.length === 3 || b.shape.length === 3 ? [batches, m, n] : [m, n],
  };
}

type Convolution = Omit<Product, 'output'> & { shape: number[] };

/** Kernel 4, stride 2, padding 1: x [B, 2h, 2w, i], filter [4, 4, i, o] -> [B, h, w, o] */
export function convolution(x: Matrix, filter: Matrix): Convolution {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [h, w, outputs] = [height / 2, width / 2, filter.shape[3]!];
  return {
    m: batch * h * w,
    n: outputs,
    k: 16 * inputs,
    batches: 1,
    a: {
      storage: x.storage,
      value: (read) => `let tap = k / ${inputs}u;
${pixelUnderTap({ position: 'm', h, w, channels: inputs, channel: `k % ${inputs}u` }, read)}`,
      isAlongK: true,
    },
    b: { storage: filter.storage, value: (read) => `return ${read(`k * ${outputs}u + n`)};`, isAlongK: false },
    at: (m, n) => `${m} * ${outputs}u + ${n}`,
    shape: [batch, h, w, outputs],
  };
}

/** x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o] */
export function filterGradient(x: Matrix, dy: Matrix): Convolution {
  const [batch, h, w, outputs] = dy.shape as [number, number, number, number];
  const inputs = x.shape[3]!;
  return {
    m: 16 * inputs,
    n: outputs,
    k: batch * h * w,
    batches: 1,
    a: {
      storage: x.storage,
      value: (read) => `let tap = m / ${inputs}u;
${pixelUnderTap({ position: 'k', h, w, channels: inputs, channel: `m % ${inputs}u` }, read)}`,
      isAlongK: false,
    },
    b: { storage: dy.storage, value: (read) => `return ${read(`k * ${outputs}u + n`)};`, isAlongK: false },
    at: (m, n) => `${m} * ${outputs}u + ${n}`,
    shape: [4, 4, inputs, outputs],
  };
}

/** The pixel of [B, 2h, 2w, channels] that a tap (0 to 15) meets at a position of [B, h, w]; zero outside the picture. */
function pixelUnderTap(
  of: { position: string; h: number; w: number; channels: number; channel: string },
  read: (index: string) => string,
): string {
  const { position, h, w, channels, channel } = of;
  return `let x = i32(2u * (${position} % ${w}u) + tap % 4u) - 1;
let y = i32(2u * ((${position} / ${w}u) % ${h}u) + tap / 4u) - 1;
if (x < 0 || y < 0 || x >= ${2 * w} || y >= ${2 * h}) { return 0.0; }
let picture = ${position} / ${h * w}u;
return ${read(`((picture * ${2 * h}u + u32(y)) * ${2 * w}u + u32(x)) * ${channels}u + ${channel}`)};`;
}

/**
 * dy [B, h, w, o], filter [4, 4, i, o] -> [B, 2h, 2w, i]. A pixel meets four taps, which depend on whether its row and its column are even:
 * one product for each of these four phases.
 */
export function inputGradient(dy: Matrix, filter: Matrix): Convolution {
  const [batch, h, w, outputs] = dy.shape as [number, number, number, number];
  const inputs = filter.shape[2]!;
  const taps = `let down = k / ${2 * outputs}u;
let right = (k / ${outputs}u) % 2u;`;
  return {
    m: batch * h * w,
    n: inputs,
    k: 4 * outputs,
    batches: 4,
    a: {
      storage: dy.storage,
      value: (read) => `${taps}
let x = i32(m % ${w}u + z % 2u) - i32(right);
let y = i32((m / ${w}u) % ${h}u + z / 2u) - i32(down);
if (x < 0 || y < 0 || x >= ${w} || y >= ${h}) { return 0.0; }
return ${read(`(((m / ${h * w}u) * ${h}u + u32(y)) * ${w}u + u32(x)) * ${outputs}u + k % ${outputs}u`)};`,
      isAlongK: true,
    },
    b: {
      storage: filter.storage,
      value: (read) => `${taps}
let tap = (1u - z / 2u + 2u * down) * 4u + 1u - z % 2u + 2u * right;
return ${read(`(tap * ${inputs}u + n) * ${outputs}u + k % ${outputs}u`)};`,
      isAlongK: true,
    },
    at: (m, n, z) =>
      `(((${m} / ${h * w}u) * ${2 * h}u + 2u * ((${m} / ${w}u) % ${h}u) + ${z} / 2u) * ${2 * w}u + 2u * (${m} % ${w}u) + ${z} % 2u) * ${inputs}u + ${n}`,
    shape: [batch, 2 * h, 2 * w, inputs],
  };
}
