// Shows the progress of an experiment that another process runs, from its folders, as that process shows it.

import { describeCommand, ownWords } from '../results/commands.ts';
import { readLiveLease } from '../results/leases/lease.ts';
import { readHalvingDecisions } from '../results/lines/halving.ts';
import { runnerLeaseFile } from '../results/paths.ts';
import { type ExperimentResults, type Run, readExperiment } from '../results/read.ts';
import { createProgressReader } from '../results/read-progress.ts';
import type { LeaseRecord } from '../results/records.ts';
import { isDone, isFailure } from '../results/states.ts';
import type { IdentifiedPoint } from '../runner/plan/plan.ts';
import { EXIT } from './exit-codes.ts';
import { createChangeFinder } from './progress/find-changes.ts';
import { createReporter, type Reporter } from './progress/reporter.ts';
import type { ShownRun } from './progress/sweep-view.ts';
import { restAfterLook } from './rest-after-look.ts';
import { listenForStop } from './stop-signals.ts';
import { printSummary } from './text/summary.ts';

export interface FollowOptions {
  resultsRoot: string;
  name: string;
  holder: LeaseRecord;
  /** The points of the experiment file, for the configurations of runs that have no folder yet. */
  points: readonly IdentifiedPoint[];
}

const LOOK_EVERY_MS = 500;

/** Until the holder has left or Ctrl-C, which leaves it at work. Returns the exit code that the runs imply. */
export async function followExperiment({ resultsRoot, name, holder, points }: FollowOptions): Promise<number> {
  const listener = listenForStop();
  const { stop } = listener;
  const configs = new Map(points.map(({ id, point }) => [id, point.config]));
  const findChanges = createChangeFinder(createProgressReader());
  let reporter: Reporter | null = null;
  let shownIds = '';
  let decisionsSeen: number | null = null; // those before are history
  try {
    for (;;) {
      const startMs = performance.now();
      const isLast = readLiveLease(runnerLeaseFile(`${resultsRoot}/${name}`))?.token !== holder.token || stop.graceful.aborted;
      const results = readExperiment(resultsRoot, name);
      const runs = results.runs.filter(({ current }) => current);
      const ids = runs.map(({ id }) => id).join('\n');
      if (!reporter || ids !== shownIds) {
        reporter?.close();
        const plan = runs.map((run) => showRun(run, configs.get(run.id) ?? null));
        const slots = Math.max(1, runs.filter(({ state }) => state === 'running').length);
        reporter = createReporter({ name, plan, slots, machine: describeAttachment(holder) });
        shownIds = ids;
      }
      for (const event of findChanges(runs)) reporter.onEvent(event);
      const decisions = readHalvingDecisions(results.folder);
      for (const decision of decisions.slice(decisionsSeen ?? decisions.length)) {
        const run = runs.find(({ id }) => id === decision.run);
        if (run) reporter.onEvent({ type: 'decided', run: showRun(run, null), decision });
      }
      decisionsSeen = decisions.length;
      if (isLast) return end(results, reporter);
      await restAfterLook(startMs, { everyMs: LOOK_EVERY_MS, signal: stop.graceful });
    }
  } finally {
    listener.release();
  }

  function end(results: ExperimentResults, reporter: Reporter): number {
    reporter.close();
    if (stop.graceful.aborted) {
      process.stdout.write(`${name} goes on: process ${holder.pid} on ${holder.host} is at work.\n`);
      return EXIT.interrupted;
    }
    const runs = results.runs.filter(({ current }) => current);
    const command = describeCommand(ownWords(resultsRoot));
    printSummary({ resultsRoot, experiment: name, plan: runs, command, gpusSetAside: new Map(), isOutOfGpus: false });
    return exitCodeOf(runs);
  }
}

function showRun({ id, state, outcome, record }: Run, config: ShownRun['point']['config']): ShownRun {
  const action = outcome ? 'skip' : state === 'queued' ? 'start' : 'resume';
  return { id, state, action, point: { config: record?.config ?? config } };
}

function describeAttachment({ pid, host, since }: LeaseRecord): string {
  return `process ${pid} on ${host}, at work since ${since}; Ctrl-C here leaves it alone`;
}

/** Failures count before what is not finished: that can go on. */
function exitCodeOf(runs: readonly Run[]): number {
  if (runs.every(({ state }) => isDone(state))) return EXIT.ok;
  return runs.some(({ state }) => isFailure(state)) ? EXIT.runFailed : EXIT.interrupted;
}
