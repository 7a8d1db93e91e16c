// The executor of this machine: a run is a child process.

import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { execa } from 'execa';
import type { StopMessage } from '../../../results/child-messages.ts';
import { writing } from '../../../results/errors.ts';
import { logFile } from '../../../results/paths.ts';
import { planSlots, type Slot } from '../../plan/slots.ts';
import { findProgram } from '../../provenance/own-trainer.ts';
import { type Executor, type ExecutorContext, type Job, type JobListener, type JobState, StartError } from '../executor.ts';
import { createChildEnvironment } from './child-environment.ts';
import { compareKernelKills, countKernelKills } from './kernel-kills.ts';
import { findMachineFolder, shareOf, takeShare } from './machine-share.ts';
import { findParentDeathPrefix, killProcessGroup, protectFromOrphans } from './no-orphans.ts';

export interface LocalExecutorOptions extends Pick<ExecutorContext, 'trainer' | 'machine' | 'environment'> {
  /** Words before the command, from findParentDeathPrefix. */
  prefix: readonly string[];
}

export async function openLocalExecutor(context: Omit<LocalExecutorOptions, 'prefix'>): Promise<Executor> {
  const machineFolder = findMachineFolder();
  const executor = createLocalExecutor({ ...context, prefix: await findParentDeathPrefix() });
  if (machineFolder === null) return executor;
  const limit = context.machine.cores;
  const admit: Executor['admit'] = (runFolder, slot, wait) =>
    takeShare({ ...shareOf(slot), ...wait, folder: machineFolder, runFolder: resolve(runFolder), limit });
  return { ...executor, admit };
}

export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  return {
    capacity: (demand) => planSlots(demand, options.machine),
    start: (folder, slot, hear) => start(folder, { ...options, slot, hear }),
    pollEveryMs: 1000,
    settleMs: 0,
  };
}

interface Start extends LocalExecutorOptions {
  slot: Slot;
  hear: JobListener;
}

/** It is asked to stop by a StopMessage; by SIGTERM as well where it is no program of Node's, or has closed the channel. */
async function start(folder: string, { trainer, prefix, environment, slot, hear }: Start): Promise<Job> {
  const before = countKernelKills();
  const { words, cwd, environment: own } = findProgram(folder, trainer);
  const [file, ...args] = [...prefix, ...words];
  const log = writing(logFile(folder), () => openSync(logFile(folder), 'a')) as 3; // execa hands on any descriptor; its types name the first few
  const child = execa(file!, args, {
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'json', // also readable by a trainer in another language
    env: { ...environment, ...createChildEnvironment(slot, process.env), ...own },
    detached: true,
    reject: false,
    buffer: false,
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new StartError((await child).shortMessage);

  const endProtection = protectFromOrphans(pid);
  let state: JobState = { state: 'running' };
  let isTold = false;
  child.on('message', (message) => hear.onMessage(message));
  child.then(({ exitCode, signal }) => {
    killProcessGroup(pid); // what it started and left behind
    endProtection();
    const memoryKill = signal === 'SIGKILL' ? compareKernelKills(before, countKernelKills()) : undefined;
    state = { state: 'ended', exitCode, signal, memoryKill };
    hear.onChange();
  });
  return {
    pid,
    poll: async () => state,
    stop() {
      if (state.state === 'ended') return;
      if (child.connected) child.send({ type: 'stop' } satisfies StopMessage, () => {});
      // Only Node reads the channel by itself. Once: a second SIGTERM often means: at once.
      if ((!child.connected || words[0] !== process.execPath) && !isTold) killProcessGroup(pid, 'SIGTERM');
      isTold ||= !child.connected || words[0] !== process.execPath;
    },
    kill() {
      if (state.state !== 'ended') killProcessGroup(pid);
    },
  };
}
