// Room: cli. Shows a sweep while it runs: redrawn lines on a terminal, one line an event elsewhere.

import type { PlannedRun } from '../../runner/plan.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';
import type { TellOfStop } from '../stop-signals.ts';
import { createPlainReporter } from './plain.ts';
import { createTerminalReporter } from './terminal.ts';

export interface Reporter {
  onEvent(event: RunnerEvent): void;
  onStop: TellOfStop;
  close(): void;
}

export interface ReporterOptions {
  name: string;
  plan: readonly PlannedRun[];
  slots: number;
  /** On what it runs, in a few words. */
  machine: string;
}

export function createReporter(options: ReporterOptions): Reporter {
  return process.stdout.isTTY ? createTerminalReporter(options) : createPlainReporter(options);
}
