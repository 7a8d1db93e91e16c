// The GPU as this folder uses it: buffers that are used again, pipelines by their WGSL, commands in few submissions, and reads that wait
// together. Nothing else here calls WebGPU.

import { UserError } from '../../../experiment/user-error.ts';
import { provideWebgpu } from '../../../machine/webgpu-adapters.ts';
import { firstLineOf } from '../../../results/errors.ts';
import { type Node, type Storage, writeShader } from './nodes.ts';

/** Part of a buffer. Offsets are multiples of ALIGNMENT. */
export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** Bytes; what WebGPU asks of offsets of bindings everywhere. */
export const ALIGNMENT = 256;

/** Since the device was opened. */
export interface Counts {
  dispatches: number;
  buffers: number;
  bindGroups: number;
  submissions: number;
  pipelines: number;
  /** Written from the host. */
  uploadedBytes: number;
}

/** A dispatch that can be encoded any number of times. */
export interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: readonly [number, number, number];
}

interface PendingRead {
  place: Place;
  bytes: number;
  resolve: (values: Float32Array) => void;
  reject: (error: unknown) => void;
}

/** Bits of GPUBufferUsage: STORAGE, COPY_SRC and COPY_DST; MAP_READ and COPY_DST. */
const USAGE = { storage: 0x80 | 0x04 | 0x08, staging: 0x01 | 0x08 };
/** GPUMapMode.READ */
const MAP_READ = 1;

/** Commands that wait for a submission: more would keep the device idle. */
const MOST_PENDING = 64;
/** Submissions that the device has not finished: enough to keep it at work. */
const MOST_UNFINISHED = 4;

export class Device {
  readonly counts: Counts = { dispatches: 0, buffers: 0, bindGroups: 0, submissions: 0, pipelines: 0, uploadedBytes: 0 };
  readonly #gpu: GPUDevice;
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  /** Free buffers by their size in bytes. */
  readonly #free = new Map<number, GPUBuffer[]>();
  readonly #staging: GPUBuffer[] = [];
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #pending = 0;
  #reads: PendingRead[] = [];
  #unfinished = 0;
  #failure: Error | undefined;

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
    gpu.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??= explain(error);
    });
    void gpu.lost.then(({ message }) => {
      this.#failure ??= new Error(`The GPU device was lost: ${firstLineOf(message)}`);
    });
  }

  /** The GPU that the environment names. Throws a UserError where there is none. */
  static async open(): Promise<Device> {
    await provideWebgpu();
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new UserError('WebGPU does not load: no adapter found. Set FACET_BACKEND=wasm to go on without it.');
    const { limits } = adapter;
    const names = [
      'maxBufferSize',
      'maxStorageBufferBindingSize',
      'maxStorageBuffersPerShaderStage',
      'maxComputeWorkgroupStorageSize',
      'maxComputeInvocationsPerWorkgroup',
      'maxComputeWorkgroupSizeX',
    ] as const;
    const requiredLimits = Object.fromEntries(names.map((name) => [name, limits[name]]));
    return new Device(await adapter.requestDevice({ requiredLimits }));
  }

  /** Bytes that a binding may have. */
  get mostBytes(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#gpu.limits;
    return Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  /** Storages that a dispatch may have. */
  get mostBindings(): number {
    return this.#gpu.limits.maxStorageBuffersPerShaderStage;
  }

  /** A buffer of its own, of zeros, until `destroy`. */
  create(bytes: number): GPUBuffer {
    if (bytes > this.mostBytes)
      throw new UserError(
        `An array of ${Math.ceil(bytes / 2 ** 20)} MiB is more than this GPU binds at once (${Math.floor(this.mostBytes / 2 ** 20)} MiB). Make model.width or training.batchSize smaller.`,
      );
    this.counts.buffers++;
    return this.#gpu.createBuffer({
      size: roundUp(bytes),
      usage: USAGE.storage,
    });
  }

  /** A buffer for a while, with any content. */
  take(bytes: number): GPUBuffer {
    return this.#free.get(roundUp(bytes))?.pop() ?? this.create(bytes);
  }

  /** Gives back what `take` gave; commands so far may still use it. */
  give(buffer: GPUBuffer): void {
    const others = this.#free.get(buffer.size);
    if (others) others.push(buffer);
    else this.#free.set(buffer.size, [buffer]);
  }

  upload({ buffer, offset }: Place, values: Float32Array | Uint8Array): void {
    if (values.length === 0) return;
    this.flush(); // writes overtake commands that are not submitted
    this.counts.uploadedBytes += values.byteLength;
    this.#gpu.queue.writeBuffer(buffer, offset, values as Float32Array<ArrayBuffer>);
  }

  /** Makes a dispatch of a node. `placeOf` says where each storage lies. */
  prepare(node: Node, placeOf: (storage: Storage) => Place): Dispatch {
    const { code, bindings } = writeShader(node);
    const pipeline = this.#pipeline(code);
    this.counts.bindGroups++;
    const bindGroup = this.#gpu.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: bindings.map((storage, binding) => ({ binding, resource: { ...placeOf(storage), size: storage.size * 4 } })),
    });
    return { pipeline, bindGroup, workgroups: node.workgroups };
  }

  dispatch({ pipeline, bindGroup, workgroups }: Dispatch): void {
    this.#pass ??= this.#encoding().beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, bindGroup);
    this.#pass.dispatchWorkgroups(...workgroups);
    this.counts.dispatches++;
    this.#pending++;
  }

  copy(from: Place, to: Place, bytes: number): void {
    this.#endPass();
    this.#encoding().copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
    this.#pending++;
  }

  /** Submits what waits, where that is much. */
  relieve(): void {
    if (this.#pending >= MOST_PENDING) this.flush();
  }

  flush(): void {
    if (this.#failure) throw this.#failure;
    this.#endPass();
    if (!this.#encoder) return;
    const commands = this.#encoder.finish();
    this.#encoder = undefined;
    this.#pending = 0;
    this.#gpu.queue.submit([commands]);
    this.counts.submissions++;
    this.#unfinished++;
    const finish = () => {
      this.#unfinished--;
    };
    this.#gpu.queue.onSubmittedWorkDone().then(finish, finish);
  }

  /** Resolves when the device has little left to do: whoever submits faster than it computes waits here. */
  async ready(): Promise<void> {
    if (this.#unfinished >= MOST_UNFINISHED) await this.#gpu.queue.onSubmittedWorkDone();
    if (this.#failure) throw this.#failure;
  }

  /** A copy of the values. Reads that are asked for in one turn of the event loop share a submission and a wait. */
  read(place: Place, size: number): Promise<Float32Array> {
    if (size === 0) return Promise.resolve(new Float32Array(0));
    return new Promise((resolve, reject) => {
      this.#reads.push({ place, bytes: size * 4, resolve, reject });
      if (this.#reads.length === 1) queueMicrotask(() => void this.#readAll());
    });
  }

  async #readAll(): Promise<void> {
    const reads = this.#reads;
    this.#reads = [];
    try {
      const offsets: number[] = [];
      let bytes = 0;
      for (const read of reads) {
        offsets.push(bytes);
        bytes += roundUp(read.bytes);
      }
      const staging = this.#takeStaging(bytes);
      for (const [i, { place, bytes }] of reads.entries()) this.copy(place, { buffer: staging, offset: offsets[i]! }, bytes);
      this.flush();
      await staging.mapAsync(MAP_READ, 0, bytes);
      if (this.#failure) throw this.#failure;
      const mapped = staging.getMappedRange(0, bytes);
      const values = reads.map(({ bytes }, i) => new Float32Array(mapped, offsets[i]!, bytes / 4).slice());
      staging.unmap();
      this.#staging.push(staging);
      for (const [i, { resolve }] of reads.entries()) resolve(values[i]!);
    } catch (error) {
      for (const { reject } of reads) reject(this.#failure ?? error);
    }
  }

  #takeStaging(bytes: number): GPUBuffer {
    const index = this.#staging.findIndex(({ size }) => size >= bytes);
    if (index >= 0) return this.#staging.splice(index, 1)[0]!;
    for (const buffer of this.#staging.splice(0)) buffer.destroy();
    this.counts.buffers++;
    return this.#gpu.createBuffer({ size: roundUp(bytes), usage: USAGE.staging });
  }

  #encoding(): GPUCommandEncoder {
    this.#encoder ??= this.#gpu.createCommandEncoder();
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #pipeline(code: string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(code);
    if (!pipeline) {
      const module = this.#gpu.createShaderModule({ code });
      pipeline = this.#gpu.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
      this.#pipelines.set(code, pipeline);
      this.counts.pipelines++;
    }
    return pipeline;
  }
}

export const roundUp = (bytes: number): number => Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);

/** In words by which src/results/failure-signs.ts knows what happened. */
function explain(error: GPUError): Error {
  const isMemory = error.constructor.name === 'GPUOutOfMemoryError' || /out of memory/i.test(error.message);
  return new Error(`${isMemory ? 'GPUOutOfMemoryError' : 'WebGPU'}: ${firstLineOf(error.message)}`);
}
