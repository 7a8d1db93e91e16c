// Room: cli. Shows a sweep while it runs: redrawn lines on a terminal, one line an event elsewhere.

import type { TellOfStop } from '../stop-signals.ts';
import { isLiveTerminal } from './live-terminal.ts';
import { createPlainReporter } from './plain.ts';
import type { ShownEvent } from './sweep-events.ts';
import type { ViewOptions } from './sweep-view.ts';
import { createTerminalReporter } from './terminal.ts';

export interface Reporter {
  onEvent(event: ShownEvent): void;
  onStop: TellOfStop;
  close(): void;
}

export interface ReporterOptions extends ViewOptions {
  /** On what it runs, in a few words. */
  machine: string;
}

export function createReporter(options: ReporterOptions): Reporter {
  return isLiveTerminal(process.stdout) ? createTerminalReporter(options) : createPlainReporter(options);
}
