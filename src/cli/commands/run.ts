// Room: cli. facet run FILE: trains what is not done yet, and says how it went.

import { join } from 'node:path';
import type { Experiment } from '../../experiment/schema/schema.ts';
import { requireNoFile, requireWritableFolder } from '../../results/files/require-folder.ts';
import { acquireLease, releaseLease } from '../../results/leases/lease.ts';
import { watchStopRequests } from '../../results/leases/stop-request.ts';
import { readLastMetrics } from '../../results/metrics-file.ts';
import { experimentFolder, runnerLeaseFile } from '../../results/paths.ts';
import { createStateReader } from '../../results/read.ts';
import { createLocalExecutor } from '../../runner/executors/local/local.ts';
import { findParentDeathPrefix } from '../../runner/executors/local/no-orphans.ts';
import { type Order, orderRuns } from '../../runner/plan/order.ts';
import { type PlannedRun, planRuns } from '../../runner/plan/plan.ts';
import { describeProvenance } from '../../runner/provenance/provenance.ts';
import { type Code, readCode } from '../../runner/provenance/read-code.ts';
import { recordExperiment, runExperiment } from '../../runner/run-experiment.ts';
import type { ScheduleResult } from '../../runner/schedule/schedule.ts';
import { EXIT } from '../exit-codes.ts';
import { followExperiment } from '../follow-experiment.ts';
import { identifyPoints } from '../identify-points.ts';
import { loadExperiment } from '../load-experiment.ts';
import { packDatasets } from '../pack-datasets.ts';
import { createReporter } from '../progress/reporter.ts';
import { readSurroundings, type Surroundings } from '../read-surroundings.ts';
import { listenForStop, type StopListener } from '../stop-signals.ts';
import { takeLease } from '../take-lease.ts';
import { describeCommand } from '../text/describe-command.ts';
import { describeHolder } from '../text/describe-holder.ts';
import { describeThreads } from '../text/describe-threads.ts';
import { printSummary } from '../text/summary.ts';

export interface RunCommandOptions {
  file: string;
  /** Overrides, path=value. */
  set: string[];
  results: string;
  fresh: boolean;
  /** Show the progress of the runner that is at work already, if one is. */
  attach: boolean;
  /** Go on with the runs that failed. */
  retryFailed: boolean;
  /** `--gpus`: numbers or uuids of the GPUs to use, with commas; absent: all. */
  gpus?: string;
  order: Order;
  /** The program that trains one run. */
  trainer: string;
  /** How long a child may take to stop by itself. */
  graceMs: number;
  /** Facet's own version. */
  version: string;
}

export async function runCommand(options: RunCommandOptions): Promise<number> {
  requireNoFile(options.results);
  const experiment = loadExperiment(options.file, options.set);
  const roots = new Set(experiment.points.flatMap(({ config }) => config.dataset.root ?? []));
  const code = readCode(FACET_ROOT, { exclude: [options.results, ...roots] }); // now: it is what the bundles were made of
  const folder = experimentFolder(options.results, experiment.name);
  const points = await identifyPoints(experiment, folder);
  const configs = points.map(({ point }) => point.config);
  const surroundings = await readSurroundings(experiment.execution, { configs, gpus: options.gpus });
  requireWritableFolder(folder);
  const lease = runnerLeaseFile(folder);
  const hold = options.attach ? acquireLease(lease) : await takeLease(lease, experiment.name);
  if (!hold.acquired) {
    if (options.attach) return followExperiment({ resultsRoot: options.results, name: experiment.name, holder: hold.holder, points });
    process.stderr.write(`${describeHolder(experiment.name, lease, hold.holder)}\n`);
    return EXIT.held;
  }
  const listener = listenForStop();
  const endWatch = watchStopRequests(folder, { token: hold.lease.token, onRequest: ({ kind, by }) => listener.request(kind, by) });
  try {
    const plan = planRuns(points, createStateReader(folder), { ...options, halving: experiment.halving !== undefined });
    recordExperiment({ resultsRoot: options.results, experiment, plan });
    if (!(await packUnlessStopped(plan, listener))) return EXIT.interrupted;
    return await carryOut(plan, { options, experiment, surroundings, listener, code });
  } finally {
    endWatch();
    listener.release();
    releaseLease(lease, hold.lease);
  }
}

/** False where it was stopped, by a first or second Ctrl-C alike: nothing is lost. */
async function packUnlessStopped(plan: readonly PlannedRun[], { stop }: StopListener): Promise<boolean> {
  const todo = plan.filter((run) => run.action !== 'skip');
  try {
    await packDatasets(
      todo.map((run) => run.point.config),
      stop.graceful,
    );
    return true;
  } catch (error) {
    if (!stop.graceful.aborted) throw error;
    process.stdout.write('Stopped before any run was started.\n');
    return false;
  }
}

interface Job {
  options: RunCommandOptions;
  experiment: Experiment;
  surroundings: Surroundings;
  listener: StopListener;
  code: Promise<Code>;
}

async function carryOut(plan: readonly PlannedRun[], job: Job): Promise<number> {
  const { options, experiment, surroundings, listener } = job;
  const { slots, environment, backend, gpus, cores } = surroundings;
  const [prefix, code] = await Promise.all([findParentDeathPrefix(), job.code]);
  const provenance = describeProvenance({
    ...{ code, command: ['facet', ...process.argv.slice(2)], experimentFile: options.file, facet: options.version },
    ...{ backend, gpus, cores, now: new Date() },
  });
  const folder = experimentFolder(options.results, experiment.name);
  for (const note of [...surroundings.notes, ...describeThreads(plan, folder, slots)]) process.stdout.write(`${note}\n`);
  const stepsBefore = (id: string) => readLastMetrics(join(folder, id))?.step ?? 0;
  const machine = describeMachine(surroundings);
  const reporter = createReporter({ name: experiment.name, plan, slots: slots.length, machine, stepsBefore });
  listener.onStop(reporter.onStop);
  const { stop } = listener;
  let result: ScheduleResult<PlannedRun>;
  try {
    const executor = createLocalExecutor({ trainer: options.trainer, prefix, machine: surroundings.machine, environment });
    const ordered = orderRuns(plan, options.order);
    result = await runExperiment({
      resultsRoot: options.results,
      experiment,
      plan: ordered,
      slots,
      executor,
      provenance,
      patch: code.patch,
      graceMs: options.graceMs,
      stop,
      onEvent: reporter.onEvent,
    });
  } finally {
    reporter.close();
  }
  const command = describeCommand(process.argv.slice(2));
  const isDone = printSummary({ resultsRoot: options.results, experiment: experiment.name, plan, command, ...result });
  if (isDone) return EXIT.ok;
  return stop.graceful.aborted ? EXIT.interrupted : EXIT.runFailed;
}

function describeMachine({ backend, gpus, slots }: Surroundings): string {
  const threads = slots[0]!.threads;
  const each = gpus.length > 0 ? '' : `, ${threads} ${threads === 1 ? 'thread' : 'threads'} each`;
  return `${backend.version}; ${slots.length === 1 ? 'one run' : `${slots.length} runs`} at a time${each}`;
}
