// Room: cli. Shows how far the packing of a data set is.

import logUpdate from 'log-update';
import { createPaint } from '../paint.ts';

export interface PackingProgress {
  onProgress(done: number, total: number): void;
  /** A sentence for the user, above the bar. */
  note(text: string): void;
  close(): void;
}

const BAR_CELLS = 24;
const REDRAW_MS = 100;

/** A bar on a terminal; elsewhere a line at each tenth. Shows nothing where no progress comes, as from a cache. */
export function createPackingProgress(what: string): PackingProgress {
  return process.stdout.isTTY ? createBar(what) : createLines(what);
}

function createBar(what: string): PackingProgress {
  const paint = createPaint(process.stdout);
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    onProgress(done, total) {
      if (performance.now() - lastMs < REDRAW_MS) return;
      lastMs = performance.now();
      const filled = Math.round((done / Math.max(1, total)) * BAR_CELLS);
      const bar = paint('green', '━'.repeat(filled)) + paint('dim', '─'.repeat(BAR_CELLS - filled));
      logUpdate(`Packing ${what}  ${bar}  ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
    },
    note: (text) => logUpdate.persist(text),
    close() {
      logUpdate.clear();
      logUpdate.done();
    },
  };
}

function createLines(what: string): PackingProgress {
  let lastTenth = -1;
  return {
    onProgress(done, total) {
      const tenth = Math.floor((done / Math.max(1, total)) * 10);
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      process.stdout.write(`Packing ${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\n`);
    },
    note: (text) => process.stdout.write(`${text}\n`),
    close() {},
  };
}
