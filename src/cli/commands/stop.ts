// facet stop TARGET: asks the runner to stop the experiment, or one run of it, and waits for that.

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../experiment/units.ts';
import { commandToGoOn } from '../../results/commands.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { isSilent } from '../../results/leases/last-sign.ts';
import { isVisibleHere, readLastSign, readLease, readLiveLease } from '../../results/leases/lease.ts';
import { isStopRequested, requestStop, takeStopRequest } from '../../results/leases/stop-request.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { type ExperimentSummary, type Run, readExperiment } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { RUN_STATES } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { stopJobsCommand } from '../jobs/stop-jobs-command.ts';
import { describeSilence, tellOutOfReach } from '../one-run/out-of-reach.ts';
import { findRunToStop, stopRunCommand } from '../one-run/stop-run.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeTally } from '../text/states.ts';

export interface StopCommandOptions {
  /** An experiment: its name, folder or file; or a run, named as for logs. */
  target: string;
  results: string;
  now: boolean;
}

/** Exits with 0 also where no runner is at work: what was named is stopped, as asked; with 3 where the runner cannot be reached from here. */
export async function stopCommand({ target, results, now }: StopCommandOptions): Promise<number> {
  requireNoFile(results);
  const run = findRunToStop(results, target);
  return run === null ? stopExperiment(findExperiment(results, target), { results, now }) : stopRunCommand(run, { results, now });
}

async function stopExperiment(experiment: ExperimentSummary, { results, now }: { results: string; now: boolean }): Promise<number> {
  const by = `facet stop (process ${process.pid} on ${hostname()})`;
  const isOutOfReach = isSilent(readLastSign(runnerLeaseFile(experiment.folder)), Date.now());
  const holder = isOutOfReach ? null : requestStop(experiment.folder, { kind: now ? 'forced' : 'graceful', by });
  if (!holder) {
    const stopped = await stopJobsCommand(experiment, { results, now, by });
    if (stopped !== null) return stopped;
    if (isOutOfReach) return tellOutOfReach(results, experiment);
    process.stdout.write(`${experiment.name}: nobody is running it.\n`);
    return EXIT.ok;
  }
  const end = await waitUntilGone({ results, experiment, holder, now });
  if (end === 'interrupted') return EXIT.interrupted;
  if (end === 'silent') return tellOutOfReach(results, experiment);
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

/** interrupted: Ctrl-C ended the wait, and the request stands. silent: it has left nothing, nor shown for a minute that it lives. */
async function waitUntilGone({ results, experiment: { name, folder }, holder, now }: Wait): Promise<'gone' | 'interrupted' | 'silent'> {
  const listener = listenForStop();
  const line = createStatusLine();
  try {
    if (!isVisibleHere(holder)) line.note(describeUnseen(holder));
    for (let looks = 0; readLiveLease(runnerLeaseFile(folder))?.token === holder.token; looks++) {
      if (listener.stop.graceful.aborted) {
        line.note(`Not waiting any longer; ${name} stops all the same.`);
        return 'interrupted';
      }
      const isPending = isStopRequested(folder, holder.token);
      if (isPending) line.show(`${name}: asking process ${holder.pid} on ${holder.host} to stop`);
      else if (looks % LOOKS_A_READ === 0) line.show(describeWait(name, readExperiment(results, name).runs, now));
      if (isPending && looks === LOOKS_OF_PATIENCE) line.note(describeSilence(holder));
      await sleep(LOOK_EVERY_MS);
    }
    // The runner died without reading the request: remove it.
    if (isStopRequested(folder, holder.token)) takeStopRequest(folder, holder.token);
    return readLease(runnerLeaseFile(folder))?.token === holder.token && !isVisibleHere(holder) ? 'silent' : 'gone';
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

function describeUnseen({ pid, host }: LeaseRecord): string {
  return `Process ${pid} on ${host} cannot be seen from here. It stops where it works in this same folder; in a copy of the results nothing can stop it.`;
}
