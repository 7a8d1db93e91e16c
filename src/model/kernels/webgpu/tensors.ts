// Tensors on the GPU: handles to arrays, several of which may share one; their scopes; and operations that are computed at once.

import type { Tensor } from '../kernels.ts';
import type { Device, Place } from './device.ts';
import type { Node, Storage } from './nodes.ts';

/** An array on the GPU, or one that lies on the host until it is used there. */
export class GpuArray implements Storage {
  readonly size: number;
  readonly type?: 'u32';
  /** Where it lies, once it has been used. */
  place: Place | undefined;
  /** Values that are not uploaded yet. */
  host: Float32Array | undefined;
  /** Handles that share it. */
  handles = 0;
  /** Gives its place back when the last handle goes. */
  isPooled = false;

  constructor(size: number, from: { place?: Place; host?: Float32Array; type?: 'u32' } = {}) {
    this.size = size;
    if (from.type) this.type = from.type;
    this.place = from.place;
    this.host = from.host;
  }
}

export interface GpuTensor extends Tensor {
  readonly array: GpuArray;
}

export const arrayOf = (tensor: Tensor): GpuArray => (tensor as GpuTensor).array;

/** The tensors that are alive, and in which scope. */
export class Tensors {
  readonly #device: Device;
  readonly #alive = new Set<Tensor>();
  readonly #scopes: Set<Tensor>[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  get count(): number {
    return this.#alive.size;
  }

  make(array: GpuArray, shape: readonly number[]): GpuTensor {
    const tensor: GpuTensor = { array, shape };
    array.handles++;
    this.#alive.add(tensor);
    this.#scopes.at(-1)?.add(tensor);
    return tensor;
  }

  scope<T extends readonly Tensor[]>(work: () => T): T {
    const own = new Set<Tensor>();
    this.#scopes.push(own);
    let results: readonly Tensor[] = [];
    try {
      const returned = work();
      results = returned;
      return returned;
    } finally {
      this.#scopes.pop();
      for (const tensor of results) {
        if (own.delete(tensor)) this.#scopes.at(-1)?.add(tensor);
      }
      this.free(...own);
    }
  }

  keep<T extends Tensor>(tensor: T): T {
    for (const scope of this.#scopes) scope.delete(tensor);
    return tensor;
  }

  free(...tensors: Tensor[]): void {
    for (const tensor of tensors) {
      if (!this.#alive.delete(tensor)) continue;
      for (const scope of this.#scopes) scope.delete(tensor);
      const array = arrayOf(tensor);
      array.handles--;
      if (array.handles === 0 && array.isPooled && array.place) {
        this.#device.give(array.place.buffer);
        array.place = undefined;
      }
    }
  }

  /** Where an array lies, uploaded if it was not. */
  placeOf(array: GpuArray): Place {
    if (!array.place) {
      array.place = { buffer: this.#device.take(array.size * 4), offset: 0 };
      array.isPooled = true;
      if (array.host) this.#device.upload(array.place, array.host);
      array.host = undefined;
    }
    return array.place;
  }

  /** Computes at once, that is with the next submission. */
  run(node: Node): void {
    for (const storage of node.reads) this.placeOf(storage as GpuArray); // uploads flush, so they come first
    this.#device.dispatch(this.#device.prepare(node, (storage) => this.placeOf(storage as GpuArray)));
    this.#device.relieve();
  }

  /** Of a node between two others: gone with them. */
  release(array: GpuArray): void {
    if (array.place && array.isPooled) this.#device.give(array.place.buffer);
    array.place = undefined;
  }

  read(array: GpuArray): Promise<Float32Array> {
    if (!array.place && array.host) return Promise.resolve(array.host.slice());
    return this.#device.read(this.placeOf(array), array.size);
  }
}
