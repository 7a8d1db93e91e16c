// facet stop RUN: asks the runner of its experiment to stop that one run, and waits until it has saved. The others go on.

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { commandToGoOn } from '../../results/commands.ts';
import { isSilent } from '../../results/leases/last-sign.ts';
import { readLastSign, readLiveLease } from '../../results/leases/lease.ts';
import { isRunRequested, removeRunRequest, requestOfRun } from '../../results/leases/run-requests.ts';
import { experimentFolder, runnerLeaseFile } from '../../results/paths.ts';
import { listExperiments, readEnding, readExperiment } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { type FoundRun, findPossibleRuns, findRun } from '../../results/runs/find.ts';
import { wordOf } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { stopJobsCommand } from '../jobs/stop-jobs-command.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeSilence, tellOutOfReach } from './out-of-reach.ts';

/** The run that is meant, also one that waits for its turn; null where an experiment is. Throws a UserError where it could be either. */
export function findRunToStop(results: string, target: string): FoundRun | null {
  const experiments = listExperiments(results);
  const path = resolve(target);
  const experiment = experiments.find(({ name, folder }) => name === target || resolve(folder) === path);
  const runs = findPossibleRuns(results, target, { withWaiting: true });
  if (experiment && runs.some(({ id }) => id === target)) {
    throw new UserError(
      `${quote(target)} is an experiment, and also names a run of ${runs[0]!.experiment}; write ${experiment.folder} or ${runs[0]!.experiment}/${target}`,
    );
  }
  if (experiment) return null;
  const isRun = runs.length > 0 || experiments.some(({ name }) => target.startsWith(`${name}/`));
  return isRun ? findRun(results, target, { mayLieElsewhere: false, withWaiting: true }) : null;
}

export interface StopRunOptions {
  results: string;
  /** End it at once. */
  now: boolean;
}

/** Exits as facet stop of an experiment does. */
export async function stopRunCommand(run: FoundRun, { results, now }: StopRunOptions): Promise<number> {
  const folder = experimentFolder(results, run.experiment);
  const name = `${run.experiment}/${run.id}`;
  const say = (text: string): number => {
    process.stdout.write(`${name}: ${text}\n`);
    return EXIT.ok;
  };
  const before = readEnding(run.folder);
  if (before.outcome) return say(`${wordOf(before.state)} already. ${makeHarmless(before.outcome.message)}`);
  const isOutOfReach = isSilent(readLastSign(runnerLeaseFile(folder)), Date.now());
  const by = `facet stop (process ${process.pid} on ${hostname()})`;
  const holder = isOutOfReach ? null : requestOfRun(folder, { run: run.id, wish: now ? 'end' : 'stop', by });
  if (!holder) {
    const stopped = await stopJobsCommand({ name: run.experiment, folder }, { results, run: run.id, now, by });
    if (stopped !== null) return stopped;
    if (isOutOfReach) return tellOutOfReach(results, { name: run.experiment, folder });
    return say(`${wordOf(before.state)}; nobody is running ${run.experiment}.`);
  }
  if ((await waitUntilStopped(run, { folder, holder, now })) === 'interrupted') return EXIT.interrupted;
  const { state, outcome } = readEnding(run.folder);
  const isHeld = readLiveLease(runnerLeaseFile(folder))?.token === holder.token;
  const others = isHeld ? ` Process ${holder.pid} goes on with the others.` : '';
  if (state !== 'cancelled' && outcome) return say(`${wordOf(state)}: it had ended before it could be stopped.${others}`);
  const goOn = `${commandToGoOn(results, readExperiment(results, run.experiment))} --only ${run.id}`;
  return say(`${outcome ? makeHarmless(outcome.message) : `${wordOf(state)}, and is not started.`}${others} Go on with it: ${goOn}`);
}

/** Until the run has an outcome, or nobody is left who would start it. interrupted: Ctrl-C ended the wait, and the request stands. */
async function waitUntilStopped(
  { experiment, id, folder: runFolder }: FoundRun,
  { folder, holder, now }: { folder: string; holder: LeaseRecord; now: boolean },
): Promise<'stopped' | 'interrupted'> {
  const listener = listenForStop();
  const line = createStatusLine();
  const request = { run: id, token: holder.token };
  try {
    for (let looksTaken = 0, looks = 0; ; looks++) {
      const isGone = readLiveLease(runnerLeaseFile(folder))?.token !== holder.token;
      const isPending = isRunRequested(folder, request);
      const { state, outcome } = readEnding(runFolder);
      if (isGone) removeRunRequest(folder, request);
      if (isGone || (outcome && !isPending)) return 'stopped';
      if (!isPending && state !== 'running' && looksTaken++ > LOOKS_OF_A_START) return 'stopped'; // its runner has begun nothing yet
      if (listener.stop.graceful.aborted) {
        line.note(`Not waiting any longer; ${experiment}/${id} stops all the same.`);
        return 'interrupted';
      }
      const what = now ? 'to be ended' : 'to finish its step and save';
      line.show(isPending ? `${experiment}: asking process ${holder.pid} on ${holder.host}` : `${experiment}: waiting for ${id} ${what}`);
      if (isPending && looks === LOOKS_OF_PATIENCE) line.note(describeSilence(holder));
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    line.close();
    listener.release();
  }
}

const LOOK_EVERY_MS = 100;
const LOOKS_OF_A_START = 50;
const LOOKS_OF_PATIENCE = 100;
