// When the program of execution.notify is called while a sweep runs: once for the first run that fails, and at the end.

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Experiment } from '../../experiment/schema/schema.ts';
import { experimentFolder } from '../../results/paths.ts';
import { readExperiment } from '../../results/read.ts';
import { isFailure, wordOf } from '../../results/states.ts';
import type { RunnerEvent } from '../../runner/run-experiment.ts';
import { explainError } from '../text/explain-error.ts';
import { describeTally, tallyStates } from '../text/states.ts';
import { type Notice, notify } from './notify.ts';

export interface Notices {
  /** The sweep has begun, or waits for its turn: from here on its end is told, however it comes. */
  begin(): void;
  onEvent(event: RunnerEvent): void;
  /** Waits for the program. Says on standard error where it failed. */
  tellEnd(end: { exitCode: number; wasStopped: boolean }): Promise<void>;
  /** The same for an error that ends the command. */
  tellBreak(error: unknown): Promise<void>;
}

/** Does nothing where the experiment has no program. */
export function createNotices({ name, execution }: Experiment, resultsRoot: string): Notices {
  const command = execution.notify;
  const common = { format: 1, experiment: name, folder: resolve(experimentFolder(resultsRoot, name)), host: hostname() } as const;
  const calls: Promise<string | null>[] = [];
  let hasBegun = false;
  let hasFailed = false;
  const tell = (notice: Pick<Notice, 'event' | 'message' | 'run' | 'counts' | 'exitCode'>) => {
    if (command) calls.push(notify(command, { ...common, ...notice }));
  };
  const tellLast = async (what: string, exitCode: number) => {
    if (!command || !hasBegun) return;
    const { runs } = readExperiment(resultsRoot, name);
    tell({ event: 'ended', message: `${name} ${what}. ${describeTally(runs)}.`, counts: Object.fromEntries(tallyStates(runs)), exitCode });
    for (const problem of await Promise.all(calls)) if (problem !== null) process.stderr.write(`${problem}\n`);
  };
  return {
    begin() {
      hasBegun = true;
    },
    onEvent(event) {
      if (event.type !== 'ended' || event.end.kind !== 'finished' || hasFailed) return;
      const { status, message } = event.end.outcome;
      if (!isFailure(status)) return;
      hasFailed = true;
      const run = { id: event.run.id, state: status, message };
      tell({ event: 'failed', message: `${name}: ${run.id} ${wordOf(status)}: ${message}`, run });
    },
    tellEnd: ({ exitCode, wasStopped }) => tellLast(wasStopped ? 'was stopped' : 'has ended', exitCode),
    tellBreak: (error) => tellLast(`ended with an error: ${explainError(error) ?? String(error)}`, 2),
  };
}
