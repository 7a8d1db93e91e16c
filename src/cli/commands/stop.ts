// facet stop EXPERIMENT: asks the runner to stop, and waits until it has left.

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../experiment/units.ts';
import { commandToGoOn } from '../../results/commands.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import { isStopRequested, requestStop, takeStopRequest } from '../../results/leases/stop-request.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { type ExperimentSummary, type Run, readExperiment } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { RUN_STATES } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { stopJobsCommand } from '../jobs/stop-jobs-command.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeTally } from '../text/states.ts';

export interface StopCommandOptions {
  experiment: string;
  results: string;
  now: boolean;
}

/** Exits with 0 also where no runner is at work: the experiment is stopped, as asked. */
export async function stopCommand({ experiment: nameOrPath, results, now }: StopCommandOptions): Promise<number> {
  requireNoFile(results);
  const experiment = findExperiment(results, nameOrPath);
  const by = `facet stop (process ${process.pid} on ${hostname()})`;
  const holder = requestStop(experiment.folder, { kind: now ? 'forced' : 'graceful', by });
  if (!holder) {
    const stopped = await stopJobsCommand(experiment, { results, now, by });
    if (stopped !== null) return stopped;
    process.stdout.write(`${experiment.name}: nobody is running it.\n`);
    return EXIT.ok;
  }
  if (!(await waitUntilGone({ results, experiment, holder, now }))) return EXIT.interrupted;
  const stopped = readExperiment(results, experiment.name);
  const { runs, record } = stopped;
  const left = `${experiment.name}: process ${holder.pid} has left. ${describeTally(runs)}.`;
  const isOpen = runs.some(({ state, current }) => current && RUN_STATES[state].mayContinue);
  process.stdout.write(`${left}${isOpen && record ? ` Go on with: ${commandToGoOn(results, stopped)}` : ''}\n`);
  return EXIT.ok;
}

interface Wait {
  results: string;
  experiment: ExperimentSummary;
  holder: LeaseRecord;
  now: boolean;
}

/** False where Ctrl-C ended the wait: the request stands. */
async function waitUntilGone({ results, experiment: { name, folder }, holder, now }: Wait): Promise<boolean> {
  const listener = listenForStop();
  const line = createStatusLine();
  try {
    for (let looks = 0; readLiveLease(runnerLeaseFile(folder))?.token === holder.token; looks++) {
      if (listener.stop.graceful.aborted) {
        line.note(`Not waiting any longer; ${name} stops all the same.`);
        return false;
      }
      const isPending = isStopRequested(folder, holder.token);
      if (isPending) line.show(`${name}: asking process ${holder.pid} on ${holder.host} to stop`);
      else if (looks % LOOKS_A_READ === 0) line.show(describeWait(name, readExperiment(results, name).runs, now));
      if (isPending && looks === LOOKS_OF_PATIENCE) line.note(describeSilence(holder));
      await sleep(LOOK_EVERY_MS);
    }
    // The runner died without reading the request: remove it.
    if (isStopRequested(folder, holder.token)) takeStopRequest(folder, holder.token);
    return true;
  } finally {
    line.close();
    listener.release();
  }
}

const LOOK_EVERY_MS = 100;
const LOOKS_A_READ = 5;
const LOOKS_OF_PATIENCE = 100;

function describeWait(name: string, runs: readonly Run[], now: boolean): string {
  const running = runs.filter(({ state }) => state === 'running').map(({ id }) => id);
  if (running.length === 0) return `${name}: waiting for the runner to leave`;
  const what = now ? 'to be ended' : running.length === 1 ? 'to finish its step and save' : 'to finish their steps and save';
  return `${name}: waiting for ${plural(running.length, 'run')} ${what}: ${running.join(', ')}`;
}

function describeSilence({ pid, host }: LeaseRecord): string {
  return `Process ${pid} has not taken up the request yet. Where it is suspended, wake it on ${host} with: kill -CONT ${pid}`;
}
