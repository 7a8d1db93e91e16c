// Room: runner/executors/local. Carries out a run as a child process on this machine.

import { setMaxListeners } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { writing } from '../../../results/errors.ts';
import { keepReserve } from '../../../results/files/reserve.ts';
import { acquireLease, createLease, releaseLease } from '../../../results/leases/lease.ts';
import { leaseFile, logFile } from '../../../results/paths.ts';
import type { LeaseRecord, StopMessage } from '../../../results/records.ts';
import { type ChildExit, concludeRun } from '../../attempt/conclude.ts';
import { prepareFolder } from '../../attempt/prepare-folder.ts';
import { parseProgress } from '../../attempt/progress.ts';
import { watchForStall } from '../../attempt/stall-watch.ts';
import type { LaunchEnd } from '../../schedule/schedule.ts';
import type { Executor, LaunchRequest } from '../executor.ts';
import { createChildEnvironment } from './child-environment.ts';
import { guardProcessGroup } from './guard.ts';
import { countKernelKills } from './kernel-kills.ts';
import { killAtExit, killProcessGroup } from './kill.ts';

export interface LocalExecutorOptions {
  /** The child's entry: a JavaScript file for this Node, or any other program. It gets the run folder as its argument. */
  trainer: string;
  /** Words before the command, from findParentDeathPrefix. */
  prefix: readonly string[];
  /** How long a child may take to stop by itself before it is killed. */
  graceMs: number;
  /** Added to the environment of every child. */
  environment?: Record<string, string>;
}

/**
 * The child leads its own process group: Ctrl-C reaches it only through the runner, and a kill takes its own children along.
 * It is asked to stop by a StopMessage, or by SIGTERM where it has closed the channel.
 */
export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  return { launch: (request) => launch(request, options) };
}

async function launch(request: LaunchRequest, options: LocalExecutorOptions): Promise<LaunchEnd> {
  const { trainer, prefix, graceMs, environment } = options;
  const { folder, slot, stop, timeoutMs, stallTimeoutMs } = request;
  await prepareFolder(folder);
  if (stop.graceful.aborted || stop.forced.aborted) return { kind: 'stopped', outcome: null };
  keepReserve(folder);
  const before = countKernelKills();
  const [file, ...args] = [...prefix, ...(/\.[cm]?js$/.test(trainer) ? [process.execPath, trainer] : [trainer]), folder];
  const log = writing(logFile(folder), () => openSync(logFile(folder), 'a')) as 3; // execa hands on any descriptor; its types name the first few
  const child = execa(file!, args, {
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'json', // also readable by a trainer in another language
    env: { ...environment, ...createChildEnvironment(slot, process.env) },
    detached: true,
    reject: false,
    buffer: false,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) return concludeRun(folder, { ended: 'by-itself', spawnError: (await child).shortMessage });

  const forgetAtExit = killAtExit(pid);
  const endGuard = guardProcessGroup(pid);
  const kill = () => killProcessGroup(pid);
  const hold = tryToHold(folder, pid);
  if (hold.kind !== 'held') {
    kill(); // nobody would know of it
    await child;
    forgetAtExit();
    endGuard();
    if (hold.kind === 'refused') throw hold.error;
    return launch(request, options); // somebody left over has shown up meanwhile
  }
  const timers: NodeJS.Timeout[] = [];
  const listening = new AbortController();
  let ended: ChildExit['ended'] = 'by-itself';
  let by: string | undefined;
  const askToStop = (why: ChildExit['ended'], reason?: unknown) => {
    if (ended !== 'by-itself') return;
    ended = why;
    by = asName(reason);
    if (child.connected) child.send({ type: 'stop' } satisfies StopMessage, () => {});
    else killProcessGroup(pid, 'SIGTERM');
    timers.push(setTimeout(kill, graceMs));
  };
  const stopNow = () => {
    if (ended === 'by-itself') by = asName(stop.forced.reason);
    if (ended === 'by-itself') ended = 'stopped';
    kill();
  };
  const stallWatch = stallTimeoutMs === null ? null : watchForStall(folder, stallTimeoutMs, () => askToStop('stalled'));
  child.on('message', (message) => {
    stallWatch?.touch();
    const progress = parseProgress(message);
    if (progress) request.onProgress(progress);
  });
  if (timeoutMs !== null) timers.push(setTimeout(() => askToStop('timed-out'), Math.min(timeoutMs, MAX_TIMER_MS)));
  setMaxListeners(0, stop.graceful, stop.forced); // one a run under way: Node would take more than ten for a leak
  stop.graceful.addEventListener('abort', () => askToStop('stopped', stop.graceful.reason), { signal: listening.signal });
  stop.forced.addEventListener('abort', stopNow, { signal: listening.signal });

  const { exitCode, signal } = await child;
  listening.abort();
  stallWatch?.close();
  for (const timer of timers) clearTimeout(timer);
  kill(); // what it started and left behind
  forgetAtExit();
  endGuard();
  releaseLease(leaseFile(folder), hold.lease);
  const kernelKills = signal === 'SIGKILL' ? { before, after: countKernelKills() } : undefined;
  return concludeRun(folder, { ended, by, exitCode, signal, timeoutMs, stallTimeoutMs, kernelKills });
}

type Hold = { kind: 'held'; lease: LeaseRecord } | { kind: 'taken' } | { kind: 'refused'; error: unknown };

function tryToHold(folder: string, pid: number): Hold {
  try {
    const result = acquireLease(leaseFile(folder), createLease(pid));
    return result.acquired ? { kind: 'held', lease: result.lease } : { kind: 'taken' };
  } catch (error) {
    return { kind: 'refused', error };
  }
}

function asName(reason: unknown): string | undefined {
  return typeof reason === 'string' ? reason : undefined;
}

/** setTimeout takes a longer delay for none. */
const MAX_TIMER_MS = 2 ** 31 - 1;
