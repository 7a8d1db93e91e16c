// A compiled function: its operations, written down once, with the buffers, bind groups and pipelines that they need, and replayed with
// one submission for each call.

import type { Tensor, Work } from '../kernels.ts';
import { type Device, type Dispatch, type Place, roundUp } from './device.ts';
import { fuseNodes } from './fuse-nodes.ts';
import { type Node, type Storage, writeShader } from './nodes.ts';
import { assignPlaces } from './places.ts';
import { arrayOf, GpuArray, type GpuTensor, type Tensors } from './tensors.ts';

/** What is written down while a function is traced. */
export class Trace {
  readonly #nodes: Node[] = [];
  /** Results since the last update, by what computes them from what. */
  readonly #results = new Map<string, GpuArray>();
  readonly #numbers = new Map<Storage, number>();
  /** Asked at each call, in this order. */
  readonly feeds: (() => number)[] = [];
  readonly feedArray: GpuArray;
  /** Where the result of a node has to lie: gradients side by side, for one update of all parameters. */
  readonly pinned = new Map<Storage, Place>();

  constructor() {
    this.feedArray = new GpuArray(MOST_FEEDS);
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  add(...nodes: readonly Node[]): void {
    this.#nodes.push(...nodes);
    if (nodes.some(({ isUpdate }) => isUpdate)) this.#results.clear();
  }

  /** What nodes compute into `output`: an earlier result, where the same was computed from the same. */
  find(output: GpuArray, nodesOf: (createPartial: (size: number) => GpuArray) => Node[]): GpuArray {
    const own: Storage[] = [output];
    const nodes = nodesOf((size) => {
      const partial = new GpuArray(size);
      own.push(partial);
      return partial;
    });
    const nameOf = (storage: Storage) => (own.includes(storage) ? `own ${own.indexOf(storage)}` : `${this.#numberOf(storage)}`);
    const key = nodes.map((node) => {
      const { code, bindings } = writeShader(node);
      return `${code}${bindings.map(nameOf)}`;
    });
    const earlier = this.#results.get(key.join());
    if (earlier) return earlier;
    this.add(...nodes);
    this.#results.set(key.join(), output);
    return output;
  }

  #numberOf(storage: Storage): number {
    const number = this.#numbers.get(storage) ?? this.#numbers.size;
    this.#numbers.set(storage, number);
    return number;
  }

  /** WGSL index, in `feedArray`, of a number that is asked for at each call. */
  feed(value: () => number): string {
    if (this.feeds.length === MOST_FEEDS) throw new Error(`more than ${MOST_FEEDS} numbers a call`);
    this.feeds.push(value);
    return `${this.feeds.length - 1}u`;
  }
}

const MOST_FEEDS = 64;

interface Version {
  inputs: { array: GpuArray; place: Place }[];
  outputs: { shape: readonly number[]; size: number; place: Place }[];
  dispatches: Dispatch[];
  feeds: readonly (() => number)[];
  feedPlace: Place;
}

export class Program {
  readonly #device: Device;
  readonly #tensors: Tensors;
  /** While a function is traced. */
  trace: Trace | undefined;

  constructor(device: Device, tensors: Tensors) {
    this.#device = device;
    this.#tensors = tensors;
  }

  compile(work: Work): Work {
    const versions = new Map<string, Version>();
    return (inputs) => {
      const key = inputs.map(({ shape }) => `[${shape}]`).join();
      let version = versions.get(key);
      if (!version) {
        version = this.#trace(work, inputs);
        versions.set(key, version);
      }
      return this.#run(version, inputs as GpuTensor[]);
    };
  }

  #trace(work: Work, inputs: readonly Tensor[]): Version {
    const trace = new Trace();
    const placeholders = inputs.map(({ shape }): GpuTensor => ({ shape, array: new GpuArray(sizeOf(shape)) }));
    this.trace = trace;
    let outputs: readonly Tensor[];
    try {
      outputs = work(placeholders);
    } finally {
      this.trace = undefined;
    }
    const results = new Set<Storage>(outputs.map(arrayOf));
    const pinned = new Set(trace.pinned.keys());
    const nodes = fuseNodes(trace.nodes, { results, pinned, mostBindings: this.#device.mostBindings });
    const fixed = [...placeholders.map(({ array }) => array), trace.feedArray];
    for (const array of fixed) array.place = { buffer: this.#device.create(array.size * 4), offset: 0 };
    const places = assignPlaces(nodes, { results, pinned: trace.pinned, create: (bytes) => this.#device.create(bytes) });
    const placeOf = (storage: Storage): Place => places.get(storage) ?? this.#tensors.placeOf(storage as GpuArray);
    return {
      inputs: placeholders.map(({ array }) => ({ array, place: array.place! })),
      outputs: outputs.map((output) => ({ shape: output.shape, size: sizeOf(output.shape), place: placeOf(arrayOf(output)) })),
      dispatches: nodes.map((node) => this.#device.prepare(node, placeOf)),
      feeds: trace.feeds,
      feedPlace: trace.feedArray.place!,
    };
  }

  #run({ inputs, outputs, dispatches, feeds, feedPlace }: Version, given: readonly GpuTensor[]): GpuTensor[] {
    const device = this.#device;
    device.flush();
    if (feeds.length > 0)
      device.upload(
        feedPlace,
        Float32Array.from(feeds, (value) => value()),
      );
    for (const [i, { place }] of inputs.entries()) {
      const { array } = given[i]!;
      if (!array.place && array.host) device.upload(place, array.host);
    }
    for (const [i, { place, array: own }] of inputs.entries()) {
      const { array } = given[i]!;
      if (array.place) device.copy(array.place, place, own.size * 4);
    }
    for (const dispatch of dispatches) device.dispatch(dispatch);
    const results = outputs.map(({ shape, size, place }) => {
      const array = new GpuArray(size, { place: { buffer: device.take(roundUp(size * 4)), offset: 0 } });
      array.isPooled = true;
      device.copy(place, array.place!, size * 4);
      return this.#tensors.make(array, shape);
    });
    device.flush();
    return results;
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
