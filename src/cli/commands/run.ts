// facet run FILE: trains what is not done yet, and says how it went. What it does is runner/service.ts.

import { join } from 'node:path';
import type { Experiment } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import { shorten } from '../../experiment/yaml/quote.ts';
import { commandFor, describeCommand, ownWords } from '../../results/commands.ts';
import { requireNoLink } from '../../results/files/linked-experiments.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { experimentFolder, runnerLeaseFile } from '../../results/paths.ts';
import { describeOthers } from '../../runner/executors/local/machine-share.ts';
import { wantedRuns } from '../../runner/one-run/choose-runs.ts';
import { type Order, orderRuns } from '../../runner/plan/order.ts';
import { folderBefore } from '../../runner/plan/plan.ts';
import { runSweep, type StartedSweep, type SweepEnd } from '../../runner/service.ts';
import { setUpTensorflow } from '../../runner/set-up-tensorflow.ts';
import { describeLimits } from '../../runner/surroundings.ts';
import { describeOtherPictures } from '../data/describe-other-pictures.ts';
import { createDataAccess } from '../data-access.ts';
import { EXIT } from '../exit-codes.ts';
import { describeOtherFile } from '../find-experiment.ts';
import { followExperiment } from '../follow-experiment.ts';
import { loadExperiment } from '../load-experiment.ts';
import { handOver } from '../one-run/hand-over.ts';
import { createReporter, type Reporter } from '../progress/reporter.ts';
import { createStopListener } from '../stop-signals.ts';
import { exitTakenOver, reportWait } from '../take-lease.ts';
import { describeBackends, describeChangedSamples, describeLonger, describeReused, describeThreads } from '../text/describe-begun.ts';
import { describeHeldRuns, describeHolder } from '../text/describe-holder.ts';
import { describeUnreadable } from '../text/describe-unreadable.ts';
import { describeSlowPlan } from '../text/slow-settings.ts';
import { printSummary } from '../text/summary.ts';
import { takeDetachedLog, tellBegun } from '../unattended/begun.ts';
import { runDetached } from '../unattended/detach.ts';
import { createNotices } from '../unattended/notices.ts';
import { describeQueue, findPredecessor } from '../unattended/queue.ts';

export interface RunCommandOptions {
  file: string;
  /** Overrides, path=value. */
  set: string[];
  results: string;
  fresh: boolean;
  /** Show the progress of the runner that is at work already, if one is. */
  attach: boolean;
  /** Leave the sweep to a process of its own once it has begun. */
  detach: boolean;
  /** Only these runs, also those of them that failed: ids, or their beginnings; empty: all. */
  only: string[];
  /** Start once nobody runs this experiment any more: its name, folder or file. */
  after?: string;
  /** Take the experiment and its runs from a holder that cannot be seen from here. */
  takeOver: boolean;
  /** Reuse equal runs of other experiments. */
  reuse: boolean;
  /** Go on with the runs that failed. */
  retryFailed: boolean;
  /** Go on with runs whose backend is not here on the one that is. */
  changeBackend: boolean;
  /** `--gpus`: numbers or uuids of the GPUs to use, with commas; absent: all. */
  gpus?: string;
  order: Order;
  /** The program that trains one run. */
  trainer: string;
  /** The folder of the bundles. */
  bundles: string;
  /** The program that makes an oracle; null where the trainer has no use for one. */
  oracleMaker: string | null;
  /** How long a child may take to stop by itself. */
  graceMs: number;
  /** Facet's own version. */
  version: string;
}

export async function runCommand(given: RunCommandOptions): Promise<number> {
  const { results: resultsRoot, version } = given;
  requireNoFile(resultsRoot);
  const experiment = await loadExperiment(given.file, given.set);
  const hasOwnTrainer = experiment.points.every(({ config }) => config.trainer !== undefined);
  const isElsewhere = experiment.execution.executor !== 'local'; // then a job makes the oracle, not the node for logging in
  const options = hasOwnTrainer || isElsewhere ? { ...given, oracleMaker: null } : given;
  requireNoLink(resultsRoot, experiment.name);
  if (options.detach) return runDetached({ resultsRoot, name: experiment.name });
  const log = takeDetachedLog();
  const after = options.after === undefined ? undefined : findPredecessor(resultsRoot, options.after);
  if (given.oracleMaker !== null && !hasOwnTrainer && !(await setUpTensorflow())) return EXIT.interrupted;
  const folder = experimentFolder(resultsRoot, experiment.name);
  const otherFile = describeOtherFile(resultsRoot, experiment); // before experiment.json names this one
  const listener = createStopListener();
  const notices = createNotices(experiment, resultsRoot);
  let reporter: Reporter | undefined;
  const origin = { command: ['facet', ...ownWords(resultsRoot)], file: options.file, codeFolder: FACET_ROOT, version };
  const request = {
    ...options,
    experiment,
    resultsRoot,
    data: createDataAccess(options),
    origin,
    stop: listener.stop,
    waitsForHolder: !options.attach,
    after,
    log,
  };
  let end: SweepEnd;
  try {
    end = await runSweep(request, {
      onWait: (holder) => reportWait(experiment.name, holder),
      onTakenOver: () => exitTakenOver(experiment.name),
      onHold: listener.listen,
      onQueue(holder) {
        const lastSignMs = readLastSign(runnerLeaseFile(experimentFolder(resultsRoot, after!)));
        process.stdout.write(`${describeQueue(experiment.name, after!, holder, lastSignMs)}\n`);
        notices.begin();
        tellBegun(`waits until ${after} has ended`);
      },
      onStopRequest: ({ kind, by }) => listener.request(kind, by),
      onStart(sweep) {
        for (const note of describeBeginning(sweep, experiment)) process.stdout.write(`${note}\n`);
        const before = new Map(sweep.plan.map((run) => [run.id, folderBefore(run)]));
        reporter = createReporter({
          name: experiment.name,
          plan: sweep.plan.filter(({ isLeftOut }) => !isLeftOut),
          slots: sweep.slots.length,
          machine: hasOwnTrainer ? describeOwnTrainer(experiment, sweep) : describeMachine(sweep),
          stepsBefore: (id) => readLastMetrics(join(folder, before.get(id)!))?.step ?? 0,
        });
        listener.onStop(sweep.place === undefined ? reporter.onStop : () => {}); // elsewhere a signal stops no run
        notices.begin();
        tellBegun(`${plural(sweep.plan.filter(({ action }) => action !== 'skip').length, 'run')} to do`);
      },
      onEvent(event) {
        reporter?.onEvent(event);
        notices.onEvent(event);
      },
    });
  } catch (error) {
    reporter?.close();
    await notices.tellBreak(error);
    throw error;
  } finally {
    reporter?.close();
    listener.release();
  }
  switch (end.kind) {
    case 'held':
      if (options.only.length > 0 && !options.fresh) {
        const ids = wantedRuns(end.points, { only: options.only, experiment });
        const handedOver = await handOver({ resultsRoot, experiment: experiment.name, runs: [...ids!], holder: end.holder });
        if (handedOver !== EXIT.ok || !options.attach) return handedOver ?? runCommand(given);
      }
      if (options.attach) return followExperiment({ resultsRoot, name: experiment.name, holder: end.holder, points: end.points });
      process.stderr.write(`${describeHolder(experiment.name, runnerLeaseFile(folder), end.holder)}\n`);
      return EXIT.held;
    case 'not-started':
      process.stdout.write('Stopped before any run was started.\n');
      return EXIT.interrupted;
    case 'ended': {
      const command = describeCommand(ownWords(resultsRoot));
      const plan = end.plan.filter(({ isLeftOut }) => !isLeftOut);
      const isDone = printSummary({ resultsRoot, experiment: experiment.name, command, ...end, plan });
      const exitCode = isDone ? EXIT.ok : end.wasStopped ? EXIT.interrupted : EXIT.runFailed;
      if (end.hasLeft && !isDone) {
        const [status, stop] = (['status', 'stop'] as const).map((word) => commandFor(resultsRoot, word, experiment.name));
        process.stdout.write(`The jobs that were handed over go on. See them: ${status}   End them: ${stop}\n`);
      }
      if (!end.hasLeft) await notices.tellEnd({ exitCode, wasStopped: end.wasStopped });
      return exitCode;
    }
  }

  function describeBeginning(
    { plan, slots, place, surroundings, codeProblem, otherPictures }: StartedSweep,
    { execution, halving }: Experiment,
  ): string[] {
    return [
      ...(codeProblem === null ? [] : [`The commit of the code is not recorded: ${codeProblem}.`]),
      ...[(place === undefined && describeOthers(surroundings.machine.cores)) || []].flat(),
      ...describeLimits(execution, { runs: plan.length, slots }),
      ...otherFile,
      ...describeUnreadable(plan),
      ...describeHeldRuns(plan, folder),
      ...describeOtherPictures(otherPictures),
      ...describeReused(plan),
      ...describeLonger(plan),
      ...describeBackends(plan, surroundings.backend),
      ...describeThreads(orderRuns(plan, options.order), { folder, slots, hasHalving: halving !== undefined }),
      ...describeSlowPlan(plan, folder, surroundings.backend),
      ...describeChangedSamples(plan, folder, options),
    ];
  }
}

/** A trainer of the file's own computes on what it likes. */
function describeOwnTrainer({ points }: Experiment, { slots }: StartedSweep): string {
  const commands = [...new Set(points.map(({ config }) => shorten(config.trainer!.command.join(' '))))];
  return `${commands.join(', ')}; ${slots.length === 1 ? 'one run' : `${slots.length} runs`} at a time`;
}

function describeMachine({ slots, place, surroundings: { backend, machine } }: StartedSweep): string {
  const { threads } = slots[0]!;
  if (place !== undefined) return `${place}, ${plural(threads, 'thread')} each`;
  const each = machine.gpus.length > 0 ? '' : `, ${plural(threads, 'thread')} each`;
  return `${backend.version}; ${slots.length === 1 ? 'one run' : `${slots.length} runs`} at a time${each}`;
}
