// What passes between a training process and the runner that started it. Messages may be lost; stop.json in the run folder may come late.

import { access } from 'node:fs/promises';
import { UserError } from '../../experiment/user-error.ts';
import type { ProgressMessage, StopMessage } from '../../results/child-messages.ts';
import { isSystemError } from '../../results/errors.ts';
import { runStopFile } from '../../results/paths.ts';
import { touchTrainingRecord } from '../../results/write-run.ts';
import type { OracleMessage } from '../evaluation/oracle/oracle.ts';

const LOOK_FOR_STOP_FILE_MS = 1000;

/**
 * Aborted when the runner asks to stop: by a message, by SIGTERM, or by stop.json in the run folder. Ends the process at once when the
 * runner is gone.
 */
export function onStopRequest(folder: string): AbortSignal {
  const controller = new AbortController();
  const request = () => controller.abort();
  process.on('message', (message: StopMessage) => {
    if (message?.type === 'stop') request();
  });
  process.on('SIGTERM', request);
  // A terminal's Ctrl-C reaches the whole process group. The parent decides what it means.
  if (process.send) process.on('SIGINT', () => {});
  else process.on('SIGINT', request);
  process.on('disconnect', () => process.exit(1));
  watchStopFile(folder, request);
  return controller.signal;
}

/** Looks again only once the last look is over: on a network file system it may take long. */
function watchStopFile(folder: string, onFound: () => void): void {
  const look = () => access(runStopFile(folder)).then(onFound, lookLater);
  const lookLater = () => {
    setTimeout(look, LOOK_FOR_STOP_FILE_MS).unref();
  };
  look();
}

/** To the process that started this one, where it listens. */
export function sendToParent(message: ProgressMessage | OracleMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

const SHOW_LIFE_EVERY_MS = 1000;

/** sendToParent; without a channel, as in a job of a cluster, the folder shows that this process lives and gets on. */
export function createSender(folder: string): (message: ProgressMessage) => void {
  if (process.send) return sendToParent;
  let shownMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - shownMs < SHOW_LIFE_EVERY_MS) return;
    shownMs = performance.now();
    touchTrainingRecord(folder);
  };
}

/**
 * For a process that is asked for one answer and cannot give it: prints why and exits with 1. The last line is for a person; a stack before
 * it, for an error that only its stack explains.
 */
export function exitWithReason(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const isExplained = error instanceof UserError || isSystemError(error);
  if (!isExplained) console.error(error);
  console.error(message.split('\n')[0]);
  process.exit(1);
}
