// Lines at the bottom of a terminal that are redrawn in place, below lines that stay.

import { stripVTControlCharacters } from 'node:util';

// Loaded only where lines are drawn over: with its patterns for every emoji it takes longer to load than everything else.
const logUpdate = isLiveTerminal(process.stdout) ? (await import('log-update')).default : undefined;

/** False for a pipe or a file, for TERM=dumb, and in CI, whose pages keep every redrawn line. */
export function isLiveTerminal(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv = process.env): boolean {
  const isCi = Boolean(environment.CI) && environment.CI !== 'false' && environment.CI !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb' && !isCi;
}

export interface Screen {
  columns: number;
  rows: number;
}

export interface LiveRegion {
  /** Draws now, and again whenever the terminal is resized. */
  draw(render: (screen: Screen) => string[]): void;
  /** Lines that scroll up and stay, above those that are drawn over. */
  persist(text: string): void;
  /** Removes what is drawn. */
  close(): void;
}

/** A region at the bottom of the standard output, which must be a terminal (isLiveTerminal). There may be one at a time. */
export function createLiveRegion(): LiveRegion {
  if (!logUpdate) throw new Error('Only a terminal can be drawn over.');
  const out = process.stdout;
  let render: (screen: Screen) => string[] = () => [];
  let drawn: string[] = [];
  const screen = (): Screen => ({ columns: out.columns || 80, rows: out.rows || 24 });
  const redraw = () => {
    drawn = render(screen());
    logUpdate(drawn.join('\n'));
  };
  const clear = () => {
    logUpdate.clear();
    drawn = [];
  };
  /** A narrower terminal breaks the drawn lines in two, and log-update would leave the upper parts behind. */
  const onResize = () => {
    const { columns, rows } = screen();
    const widths = drawn.map((line) => stripVTControlCharacters(line).length);
    const extra = widths.reduce((sum, width) => sum + Math.max(0, Math.ceil(width / columns) - 1), 0);
    if (extra > 0) out.write('\u001b[1A\u001b[2K'.repeat(Math.min(extra, rows)));
    clear();
    redraw();
  };
  out.on('resize', onResize);
  return {
    draw(next) {
      render = next;
      redraw();
    },
    persist(text) {
      clear();
      out.write(`${text}\n`);
      redraw();
    },
    close() {
      out.off('resize', onResize);
      clear();
      logUpdate.done();
    },
  };
}
