// Shows what a command waits for: one line that is redrawn on a terminal, elsewhere a line for each change.

import { fitLine } from '../text/fit-line.ts';
import { createPaint } from '../text/paint.ts';
import { createLiveRegion, isLiveTerminal } from './live-region.ts';

export interface StatusLine {
  show(text: string): void;
  /** A sentence that stays. */
  note(text: string): void;
  close(): void;
}

export function createStatusLine(): StatusLine {
  return isLiveTerminal(process.stdout) ? createDrawn() : createPrinted();
}

function createDrawn(): StatusLine {
  const region = createLiveRegion();
  const paint = createPaint(process.stdout);
  return {
    show: (text) => region.draw(({ columns }) => [fitLine([{ text, colour: 'dim' }], columns, paint)]),
    note: (text) => region.persist(text),
    close: () => region.close(),
  };
}

function createPrinted(): StatusLine {
  let shown = '';
  const print = (text: string) => process.stdout.write(`${text}\n`);
  return {
    show(text) {
      if (text !== shown) print(text);
      shown = text;
    },
    note: print,
    close() {},
  };
}
