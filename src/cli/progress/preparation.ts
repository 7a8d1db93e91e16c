// Shows how far a preparation is, such as the packing of a data set.

import { fitLine } from '../text/fit-line.ts';
import { createPaint } from '../text/paint.ts';
import { createLiveRegion, isLiveTerminal, type Screen } from './live-region.ts';

export interface PreparationProgress {
  onProgress(done: number, total: number): void;
  /** A sentence for the user, above the bar. */
  note(text: string): void;
  close(): void;
}

const BAR_CELLS = 24;
const REDRAW_MS = 100;

/**
 * `what` is done, as "Packing 100 synthetic faces". A bar on a terminal; elsewhere a line at each tenth. Shows nothing where no progress
 * comes, as from a cache.
 */
export function createPreparationProgress(what: string): PreparationProgress {
  return isLiveTerminal(process.stdout) ? createBar(what) : createLines(what);
}

function createBar(what: string): PreparationProgress {
  const paint = createPaint(process.stdout);
  const region = createLiveRegion();
  let lastMs = Number.NEGATIVE_INFINITY;
  const render = (done: number, total: number, { columns }: Screen): string => {
    const counts = `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
    const cells = Math.max(0, Math.min(BAR_CELLS, columns - counts.length - 24));
    const filled = Math.round((done / Math.max(1, total)) * cells);
    const room = Math.max(8, columns - counts.length - cells - 4);
    const line = [
      { text: what.slice(0, room) },
      { text: `  ${'━'.repeat(filled)}`, colour: 'green' as const },
      { text: '─'.repeat(cells - filled), colour: 'dim' as const },
      { text: `  ${counts}` },
    ];
    return fitLine(line, columns, paint);
  };
  return {
    onProgress(done, total) {
      if (performance.now() - lastMs < REDRAW_MS) return;
      lastMs = performance.now();
      region.draw((screen) => [render(done, total, screen)]);
    },
    note: (text) => region.persist(text),
    close: () => region.close(),
  };
}

function createLines(what: string): PreparationProgress {
  let lastTenth = -1;
  return {
    onProgress(done, total) {
      const tenth = Math.floor((done / Math.max(1, total)) * 10);
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      process.stdout.write(`${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\n`);
    },
    note: (text) => process.stdout.write(`${text}\n`),
    close() {},
  };
}
