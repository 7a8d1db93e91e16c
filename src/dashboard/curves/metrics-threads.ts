// Threads that read metrics, so that a server answers while a thousand runs are read. They end when nothing has been read for a while.

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ReadEnd, ReadOrder } from './metrics-thread.ts';

interface Thread {
  worker: Worker;
  orders: Map<number, { resolve: (end: ReadEnd) => void; reject: (error: unknown) => void }>;
}

const MOST_THREADS = 4;
/** So that none waits for its next order. */
const ORDERS_OF_ONE = 6;
const IDLE_MS = 5000;
/** Of a thread's young objects. It has few: its numbers lie in buffers that are used again. */
const YOUNG_MIB = 8;

export class MetricsThreads {
  readonly #script: string;
  readonly #most = Math.min(MOST_THREADS, availableParallelism());
  #threads: Thread[] = [];
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  /** One ended by itself: from then on the server reads. */
  #isBroken = false;

  /** `script`: the bundle of metrics-thread.ts. */
  constructor(script: string) {
    this.#script = script;
  }

  /** How many orders at once keep all threads at work; 0: there are none. */
  get room(): number {
    return this.#isBroken ? 0 : this.#most * ORDERS_OF_ONE;
  }

  /** Rejects where the thread could not be started, or ended: the file has to be read without it. */
  read(order: Omit<ReadOrder, 'id'>): Promise<ReadEnd> {
    clearTimeout(this.#idle);
    const thread = this.#choose();
    const id = ++this.#lastId;
    return new Promise<ReadEnd>((resolve, reject) => {
      thread.orders.set(id, { resolve, reject });
      thread.worker.postMessage({ ...order, id } satisfies ReadOrder, order.state ? [order.state.numbers.buffer] : []);
    }).finally(() => {
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => this.#endIdle(), IDLE_MS).unref();
    });
  }

  /** The one with the fewest orders; a new one where all have some and there may be more. */
  #choose(): Thread {
    const [least] = this.#threads.toSorted((a, b) => a.orders.size - b.orders.size);
    if (least && (least.orders.size === 0 || this.#threads.length === this.#most)) return least;
    const worker = new Worker(this.#script, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } });
    const thread: Thread = { worker, orders: new Map() };
    worker.unref();
    worker.on('message', (end: ReadEnd) => {
      thread.orders.get(end.id)?.resolve(end);
      thread.orders.delete(end.id);
    });
    worker.on('error', () => this.#lose(thread));
    worker.on('exit', () => this.#lose(thread));
    this.#threads.push(thread);
    return thread;
  }

  #lose(thread: Thread): void {
    if (!this.#threads.includes(thread)) return; // it was told to end
    this.#isBroken = true;
    this.#threads = this.#threads.filter((each) => each !== thread);
    for (const { reject } of thread.orders.values()) reject(new Error('a thread that reads metrics has ended'));
  }

  #endIdle(): void {
    const idle = this.#threads.filter(({ orders }) => orders.size === 0);
    this.#threads = this.#threads.filter((thread) => !idle.includes(thread));
    for (const { worker } of idle) void worker.terminate();
  }
}
