// Parameters on the GPU: values, moments and averages each lie side by side, and so do the gradients, so that one dispatch updates them all.

import { ADAM_EPSILON, type AdamStep, type ParameterSpec, type Parameters, type Tensor } from '../kernels.ts';
import { averageOf, findStored, listStored } from '../stored.ts';
import { ALIGNMENT, type Device } from './device.ts';
import { mapNode, type Node, perValue, type Storage } from './nodes.ts';
import type { Program, Trace } from './program.ts';
import { arrayOf, GpuArray, type GpuTensor, type Tensors } from './tensors.ts';

interface Options {
  specs: readonly ParameterSpec[];
  initial: ReadonlyMap<string, Float32Array>;
  averaged: boolean;
}

/** Parameters that learn, as many as a binding holds. */
interface Block {
  names: string[];
  /** Values, with the gaps that alignment leaves. */
  size: number;
  value: GpuArray;
  m: GpuArray;
  v: GpuArray;
  average: GpuArray | undefined;
  gradient: GpuArray;
}

export function createWebgpuParameters(
  { device, tensors, program }: { device: Device; tensors: Tensors; program: Program },
  { specs, initial, averaged }: Options,
): Parameters {
  const stored = listStored(specs, averaged);
  const arrays = new Map<string, GpuArray>();
  const offsets = new Map<string, number>();
  const blocks = cutIntoBlocks(specs, device.mostBytes).map((names) => createBlock(names));
  for (const { name, inert } of specs) if (inert) arrays.set(name, createArray(device, sizeOf(stored.get(name)!)));
  const handles = new Map<string, GpuTensor>();
  for (const [name, shape] of stored) handles.set(name, { array: arrays.get(name)!, shape });

  const assignAll = (values: ReadonlyMap<string, Float32Array>) => {
    for (const [name, shape] of stored) device.upload(arrays.get(name)!.place!, findStored(values, name, shape));
  };
  const find = (name: string): GpuTensor => {
    const handle = handles.get(name);
    if (!handle) throw new Error(`no parameter named ${name}`);
    return handle;
  };
  const read = (name: string) => tensors.read(find(name).array);
  assignAll(initial);

  return {
    specs,
    stored,
    get: find,
    getAverage: (name) => handles.get(averageOf(name)) ?? find(name),
    applyAdam(gradients, stepOf) {
      const trace = tracing('applyAdam');
      const rates = feedRates(trace, stepOf);
      for (const block of blocks) {
        gather(trace, block, gradients);
        trace.add(adamNode(block, trace.feedArray, rates));
      }
    },
    applyAverage(decay) {
      const trace = tracing('applyAverage');
      const rate = trace.feed(() => 1 - decay());
      for (const block of blocks) trace.add(averageNode(block, trace.feedArray, rate));
    },
    read,
    async export() {
      const values = new Map<string, Float32Array>();
      for (const name of stored.keys()) values.set(name, await read(name));
      return values;
    },
    import: assignAll,
  };

  function tracing(what: string): Trace {
    if (!program.trace) throw new Error(`${what} works inside compile only`);
    return program.trace;
  }

  function createBlock(names: string[]): Block {
    let size = 0;
    for (const name of names) {
      offsets.set(name, size * 4);
      size += Math.ceil((sizeOf(stored.get(name)!) * 4) / ALIGNMENT) * (ALIGNMENT / 4);
    }
    const part = (nameOf: (name: string) => string) => {
      const whole = createArray(device, size);
      for (const name of names) {
        const place = { buffer: whole.place!.buffer, offset: offsets.get(name)! };
        arrays.set(nameOf(name), new GpuArray(sizeOf(stored.get(name)!), { place }));
      }
      return whole;
    };
    return {
      names,
      size,
      value: part((name) => name),
      m: part((name) => `${name}.adam_m`),
      v: part((name) => `${name}.adam_v`),
      average: averaged ? part(averageOf) : undefined,
      gradient: createArray(device, size),
    };
  }

  /** Lets every gradient be written where the update reads it; copies those that something else needs elsewhere. */
  function gather(trace: Trace, { names, gradient: whole }: Block, gradients: ReadonlyMap<string, Tensor>): void {
    const written = new Set(trace.nodes.flatMap(({ writes, isUpdate }) => (isUpdate ? [] : writes)));
    const found = new Map(
      names.map((name) => {
        const gradient = gradients.get(name);
        if (!gradient) throw new Error(`no gradient for ${name}`);
        return [name, arrayOf(gradient)] as const;
      }),
    );
    const candidates = new Set<Storage>(found.values());
    const isReadForAnother = (array: Storage) =>
      trace.nodes.some(({ reads, writes }) => reads.includes(array) && writes.some((other) => candidates.has(other)));
    for (const [name, array] of found) {
      const place = { buffer: whole.place!.buffer, offset: offsets.get(name)! };
      if (written.has(array) && !trace.pinned.has(array) && !isReadForAnother(array)) {
        trace.pinned.set(array, place);
        continue;
      }
      const copy = new GpuArray(array.size);
      trace.pinned.set(copy, place);
      trace.add(mapNode(copy, [{ storage: array }], ([x]) => x!));
    }
  }
}

/** Feeds' indices of what Adam needs. */
type Rates = Readonly<Record<'rate' | 'beta1' | 'rest1' | 'beta2' | 'rest2', string>>;

function feedRates(trace: Trace, stepOf: () => AdamStep): Rates {
  return {
    rate: trace.feed(() => {
      const { learningRate, beta1, beta2, step } = stepOf();
      return (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    }),
    beta1: trace.feed(() => stepOf().beta1),
    rest1: trace.feed(() => 1 - stepOf().beta1),
    beta2: trace.feed(() => stepOf().beta2),
    rest2: trace.feed(() => 1 - stepOf().beta2),
  };
}

function adamNode({ size, value, m, v, gradient }: Block, feeds: Storage, rates: Rates): Node {
  return {
    reads: [gradient, feeds],
    writes: [value, m, v],
    workgroups: perValue(size, '').workgroups,
    body(access) {
      const fed = (name: keyof Rates) => access.read(feeds, rates[name]);
      return perValue(
        size,
        `let gradient = ${access.read(gradient, 'i')};
let m = ${access.read(m, 'i')} * ${fed('beta1')} + gradient * ${fed('rest1')};
let v = ${access.read(v, 'i')} * ${fed('beta2')} + gradient * gradient * ${fed('rest2')};
${access.write('i', 'm', m)}
${access.write('i', 'v', v)}
${access.write('i', `${access.read(value, 'i')} - ${fed('rate')} * m / (sqrt(v) + ${ADAM_EPSILON})`, value)}`,
      ).body;
    },
    isUpdate: true,
  };
}

function averageNode({ size, value, average }: Block, feeds: Storage, rate: string): Node {
  if (!average) throw new Error('no averages are kept of these parameters');
  return {
    reads: [value, feeds],
    writes: [average],
    workgroups: perValue(size, '').workgroups,
    body(access) {
      const before = access.read(average, 'i');
      return perValue(
        size,
        access.write('i', `${before} - (${before} - ${access.read(value, 'i')}) * ${access.read(feeds, rate)}`, average),
      ).body;
    },
    isUpdate: true,
  };
}

/** Names of the parameters that learn, so many together as `mostBytes` holds. */
function cutIntoBlocks(specs: readonly ParameterSpec[], mostBytes: number): string[][] {
  const blocks: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { name, shape, inert } of specs) {
    if (inert) continue;
    const own = Math.ceil((sizeOf(shape) * 4) / ALIGNMENT) * ALIGNMENT;
    if (bytes + own > mostBytes) {
      blocks.push([]);
      bytes = 0;
    }
    blocks.at(-1)!.push(name);
    bytes += own;
  }
  return blocks;
}

const createArray = (device: Device, size: number): GpuArray =>
  new GpuArray(size, { place: { buffer: device.create(size * 4), offset: 0 } });

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
