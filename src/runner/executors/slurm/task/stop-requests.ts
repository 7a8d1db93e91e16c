// Who asks a task to stop: the scheduler by a signal, a person by stop.json in the run's folder, whoever has taken the folder over.

import { existsSync } from 'node:fs';
import { readJson } from '../../../../results/files/read.ts';
import { runStopFile } from '../../../../results/paths.ts';
import type { RunStopRequest } from '../../../../results/records.ts';

export interface StopRequests {
  stop: { graceful: AbortSignal; forced: AbortSignal };
  /** Whether it was the scheduler, and no person has asked since. */
  isByScheduler(): boolean;
  end(): void;
}

export function followRequests(folder: string, { leave, lost }: { leave: AbortSignal; lost: AbortSignal }): StopRequests {
  const person = new AbortController();
  const look = () => {
    if (existsSync(runStopFile(folder)) && !leave.aborted) person.abort(readAsker(folder) ?? 'a person');
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    stop: { graceful: AbortSignal.any([person.signal, leave, lost]), forced: lost },
    // The request that is made of a signal names it.
    isByScheduler: () => leave.aborted && !person.signal.aborted && [String(leave.reason), null].includes(readAsker(folder)),
    end: () => clearInterval(timer),
  };
}

const LOOK_EVERY_MS = 1000;

function readAsker(folder: string): string | null {
  const { value } = readJson<RunStopRequest>(runStopFile(folder), ({ by }) => typeof by === 'string', 'a stop request');
  return value?.by ?? null;
}
