// facet run FILE --only RUN while another process is at work on the experiment: that process is asked to start the run, in a place of its own.

import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandFor } from '../../results/commands.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import { isRunRequested, removeRunRequest, requestOfRun } from '../../results/leases/run-requests.ts';
import { experimentFolder, runFolder, runnerLeaseFile } from '../../results/paths.ts';
import { readEnding, readExperimentRecord } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { isDone, wordOf } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { describeSilence } from './out-of-reach.ts';

export interface HandOverOptions {
  resultsRoot: string;
  experiment: string;
  /** Ids. */
  runs: readonly string[];
  holder: LeaseRecord;
}

/**
 * Asks for each run that is not done, and waits until all of that has been taken up. Returns the exit code; null where the holder has left
 * meanwhile: then this process can do it.
 */
export async function handOver({ resultsRoot, experiment, runs, holder }: HandOverOptions): Promise<number | null> {
  const folder = experimentFolder(resultsRoot, experiment);
  const by = `facet run --only (process ${process.pid} on ${hostname()})`;
  const known = new Set(readExperimentRecord(folder).value?.runs.map(({ id }) => id));
  const who = `process ${holder.pid} on ${holder.host}`;
  const unknown = runs.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    process.stderr.write(
      `${experiment} is being run by ${who}, which was started without ${unknown.join(', ')}: the file has changed since. Wait for its end, or stop it with: ${commandFor(resultsRoot, 'stop', experiment)}\n`,
    );
    return EXIT.held;
  }
  const open = runs.filter((id) => {
    const { state } = readEnding(runFolder(resultsRoot, experiment, id));
    if (isDone(state)) process.stdout.write(`${experiment}/${id}: ${wordOf(state)} already.\n`);
    return !isDone(state);
  });
  for (const run of open) if (requestOfRun(folder, { run, wish: 'go-on', by })?.token !== holder.token) return null;
  const end = await waitUntilTaken(open, { folder, holder, experiment });
  if (end !== 'taken') return end === 'gone' ? null : EXIT.interrupted;
  for (const run of open) {
    const logs = commandFor(resultsRoot, 'logs', `${experiment}/${run}`, '--follow');
    process.stdout.write(`${experiment}/${run}: ${who}, which is at work on ${experiment}, goes on with it. Its log: ${logs}\n`);
  }
  return EXIT.ok;
}

async function waitUntilTaken(
  runs: readonly string[],
  { folder, holder, experiment }: { folder: string; holder: LeaseRecord; experiment: string },
): Promise<'taken' | 'gone' | 'interrupted'> {
  const { token } = holder;
  const listener = listenForStop();
  const line = createStatusLine();
  try {
    for (let looks = 0; ; looks++) {
      const pending = runs.filter((run) => isRunRequested(folder, { run, token }));
      const isGone = readLiveLease(runnerLeaseFile(folder))?.token !== token;
      if (pending.length === 0 && !isGone) return 'taken';
      if (isGone || listener.stop.graceful.aborted) {
        for (const run of pending) removeRunRequest(folder, { run, token });
        return isGone ? 'gone' : 'interrupted';
      }
      line.show(`${experiment}: asking process ${holder.pid} on ${holder.host}`);
      if (looks === LOOKS_OF_PATIENCE) line.note(describeSilence(holder));
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    line.close();
    listener.release();
  }
}

const LOOK_EVERY_MS = 100;
const LOOKS_OF_PATIENCE = 100;
