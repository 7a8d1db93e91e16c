// The thread that reads metrics for a server: sent orders, it answers each with what its reader has become. Started by metrics-threads.ts.
// A bundle of its own: scripts/build.js.

import { parentPort } from 'node:worker_threads';
import { KeptSeries } from './kept-series.ts';
import { MetricsReader, type ReaderState } from './metrics-reader.ts';

export interface ReadOrder {
  id: number;
  path: string;
  /** Buckets of a curve that are kept, and that pages draw. */
  capacity: number;
  mostDrawn: number;
  /** Where to go on; null: from the beginning, or from what is kept of it. */
  state: ReaderState | null;
  keptFolder: string | null;
}

export interface ReadEnd {
  id: number;
  state: ReaderState;
  /** Bytes of the file that the cache folder sums up; null where `state` was given. */
  keptBytes: number | null;
}

/** A tenth of a second's work for a thread has several of them. */
const SLICE_BYTES = 4 * 1024 * 1024;

parentPort!.on('message', ({ id, path, capacity, mostDrawn, state: before, keptFolder }: ReadOrder) => {
  const reader = new MetricsReader(path, { capacity, mostDrawn, version: 0 });
  if (before) reader.take(before, 0);
  else new KeptSeries(keptFolder).restore(reader, 0);
  const keptBytes = before ? null : reader.offset;
  reader.readSlice(0, SLICE_BYTES);
  const { state } = reader;
  parentPort!.postMessage({ id, state, keptBytes } satisfies ReadEnd, [state.numbers.buffer]);
});
