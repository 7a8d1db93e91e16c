// facet run FILE --detach: the same command in a session of its own, which outlives this terminal. This process waits until the sweep has
// begun, and shows meanwhile what the other one prints into its log.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, rmdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandFor } from '../../results/commands.ts';
import { writing } from '../../results/errors.ts';
import { requireWritableFolder } from '../../results/files/require-folder.ts';
import { detachedLogFile, experimentFolder } from '../../results/paths.ts';
import { EXIT } from '../exit-codes.ts';
import { LOG_VARIABLE } from './begun.ts';

export interface DetachOptions {
  resultsRoot: string;
  /** Of the experiment. */
  name: string;
}

/**
 * 0 once the sweep has begun or waits for its turn; where it could not begin, the exit code that it had without --detach. Ctrl-C before it has
 * begun stops it.
 */
export async function runDetached({ resultsRoot, name }: DetachOptions): Promise<number> {
  const folder = experimentFolder(resultsRoot, name);
  requireWritableFolder(folder);
  const log = resolve(detachedLogFile(folder, new Date()));
  const file = writing(log, () => openSync(log, 'wx+'));
  const child = start(file, log);
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, pass);
  const end = await waitForBegin(child, createLogView(file));
  for (const signal of PASSED_ON) process.off(signal, pass);
  closeSync(file);
  if (typeof end === 'number') {
    removeLog(log);
    return end;
  }
  process.stdout.write(`${describeBegin(end.begun, { resultsRoot, name, pid: child.pid!, log })}\n`);
  return EXIT.ok;
}

/** A hangup is none of these: it is what --detach is for. */
const PASSED_ON = ['SIGINT', 'SIGTERM'] as const;

function start(file: number, log: string): ChildProcess {
  const words = process.argv.slice(2).filter((word) => word !== '--detach');
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    detached: true, // a session of its own: no terminal, and no hangup when one goes
    stdio: ['ignore', file, file, 'ipc'],
    env: { ...process.env, [LOG_VARIABLE]: log },
  });
  return child;
}

/** What the sweep says once it has begun; or the exit code of one that did not begin. */
async function waitForBegin(child: ChildProcess, showMore: () => void): Promise<{ begun: string } | number> {
  let end: { begun: string } | number | undefined;
  child.on('message', (message: { begun?: unknown }) => {
    if (typeof message?.begun === 'string') end ??= { begun: message.begun };
  });
  child.on('error', (error) => {
    process.stderr.write(`The process could not be started: ${error.message}\n`);
    end ??= EXIT.userError;
  });
  child.on('close', (code, signal) => {
    end ??= code ?? 128 + constants.signals[signal!];
  });
  while (end === undefined) {
    await sleep(LOOK_EVERY_MS);
    showMore();
  }
  showMore();
  if (child.connected) child.disconnect();
  child.unref();
  return end;
}

const LOOK_EVERY_MS = 100;

/** Prints what has come since the last call; on standard error, as it is progress and faults. */
function createLogView(file: number): () => void {
  const bytes = Buffer.alloc(64 * 1024);
  let at = 0;
  return () => {
    for (let count = -1; count !== 0; at += count) {
      count = readSync(file, bytes, 0, bytes.length, at);
      process.stderr.write(bytes.subarray(0, count));
    }
  };
}

/** All that it holds was shown. A folder that was made for it alone goes as well. */
function removeLog(log: string): void {
  try {
    rmSync(log, { force: true });
    rmdirSync(dirname(log));
  } catch {
    // it holds runs
  }
}

function describeBegin(begun: string, { resultsRoot, name, pid, log }: DetachOptions & { pid: number; log: string }): string {
  return [
    `${name}: ${begun}, as process ${pid}, and goes on without this terminal.`,
    `Its output:   ${log}`,
    `How far:      ${commandFor(resultsRoot, 'status', name)}`,
    `Stop it:      ${commandFor(resultsRoot, 'stop', name)}`,
  ].join('\n');
}
