// What `facet run` does, as a function: for the command line, tests, the dashboard and scripts. It prints nothing, listens to no signal and
// exits nowhere; what it needs to know of data comes as an argument.

import { join } from 'node:path';
import type { RunConfig } from '../experiment/schema/schema.ts';
import { withoutOption } from '../results/commands.ts';
import { requireNoFile, requireWritableFolder } from '../results/files/require-folder.ts';
import { removeHolding, writeHolding } from '../results/leases/holding.ts';
import {
  acquireLease,
  acquireLeaseInTime,
  createLease,
  type LeaseResult,
  readLease,
  readLiveLease,
  releaseLease,
} from '../results/leases/lease.ts';
import { openRunRequests } from '../results/leases/run-requests.ts';
import { watchStopRequests } from '../results/leases/stop-request.ts';
import { experimentFolder, leaseFile, runFolder, runnerLeaseFile } from '../results/paths.ts';
import { createStateReader, findUnreadableOutcome, readExperimentRecord } from '../results/read.ts';
import type { LeaseRecord, StopRequest } from '../results/records.ts';
import type { StopSignals } from './executors/executor.ts';
import { findWork, type Work } from './find-work.ts';
import { type FollowedStop, followStop } from './follow-stop.ts';
import { wantedRuns } from './one-run/choose-runs.ts';
import { createPlanAgain } from './one-run/plan-again.ts';
import { reuseEqualRuns } from './plan/equal-runs.ts';
import { keepBackends } from './plan/keep-backends.ts';
import { orderRuns } from './plan/order.ts';
import { findOtherPictures } from './plan/other-pictures.ts';
import { type IdentifiedPoint, type PlannedRun, planRuns } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { type Code, readCode } from './provenance/code.ts';
import { describeProvenance } from './provenance/provenance.ts';
import { type RunnerEvent, recordExperiment, runExperiment } from './run-experiment.ts';
import type { ScheduleResult } from './schedule/schedule.ts';
import type { Surroundings } from './surroundings.ts';
import type { DataAccess, DescribeData, Origin, SweepRequest } from './sweep-request.ts';
import { requireNoCircle, waitBehind } from './wait-behind.ts';

export interface SweepCallbacks {
  /** The holder of the experiment cannot be seen from here. It takes up to a minute to tell whether it lives. */
  onWait?(holder: LeaseRecord): void;
  /** Another process has taken the experiment over, as this one did not show for a minute that it lives. The runs are ended at once. */
  onTakenOver?(): void;
  /** The experiment is held by this process from here on, until the function returns. */
  onHold?(): void;
  /** `after` is at work. Nothing starts until its runner has ended. */
  onQueue?(holder: LeaseRecord): void;
  /** Somebody has asked through stop.json of the experiment. It is followed in any case. */
  onStopRequest?(request: StopRequest): void;
  /** All is planned and prepared; the runs start now. */
  onStart?(sweep: StartedSweep): void;
  onEvent?(event: RunnerEvent): void;
}

export interface StartedSweep {
  /** All runs of the experiment, in its order. */
  plan: readonly PlannedRun[];
  slots: readonly Slot[];
  surroundings: Surroundings;
  /** Where the runs are carried out, for a person; absent: on this machine. */
  place?: string | undefined;
  /** Why the commit of the code cannot be recorded, though there is a repository. */
  codeProblem: string | null;
  /** Runs that learned from other pictures than are there today under the same names. */
  otherPictures: readonly PlannedRun[];
}

export type SweepEnd =
  /** Another process is at work on the experiment. Nothing was done. */
  | { kind: 'held'; holder: LeaseRecord; points: readonly IdentifiedPoint[] }
  /** It was stopped while the data were prepared. */
  | { kind: 'not-started' }
  /** `hasLeft`: the jobs go on. */
  | ({ kind: 'ended'; plan: readonly PlannedRun[]; wasStopped: boolean; hasLeft: boolean } & ScheduleResult<PlannedRun>);

/** Trains what is not done yet. Throws a UserError for what the user can mend: the file, the data, the machine, the results folder. */
export async function runSweep(request: SweepRequest, callbacks: SweepCallbacks = {}): Promise<SweepEnd> {
  const { experiment, resultsRoot, origin } = request;
  requireNoFile(resultsRoot);
  const roots = new Set(experiment.points.flatMap(({ config }) => config.dataset.root ?? []));
  const code = readCode(origin.codeFolder, { exclude: [resultsRoot, ...roots] }); // now: it is what the children run
  const folder = experimentFolder(resultsRoot, experiment.name);
  const work = await findWork(request, code);
  wantedRuns(work.points, request);
  if (request.after !== undefined) requireNoCircle(resultsRoot, experiment.name, request.after);
  requireWritableFolder(folder);
  // What would stop this machine's runs only ends the command where they go on without it.
  const stop = followStop(work.executor.outlivesRunner ? letGo(request.stop) : request.stop);
  try {
    const hold = await holdExperiment(folder, { request, callbacks, stop, points: work.points });
    if (!hold.acquired) return { kind: 'held', holder: hold.holder, points: work.points };
    try {
      callbacks.onHold?.();
      return await runHeld(request, callbacks, { folder, token: hold.lease.token, work, code, stop });
    } finally {
      removeHolding(folder, hold.lease);
      releaseLease(runnerLeaseFile(folder), hold.lease);
    }
  } finally {
    stop.release();
  }
}

/** Signals by which the command leaves, and no run is stopped. */
function letGo(stop: StopSignals | undefined): StopSignals | undefined {
  const never = new AbortController().signal;
  return stop && { graceful: never, forced: never, leave: stop.graceful };
}

interface Holding {
  points: readonly IdentifiedPoint[];
  request: SweepRequest;
  callbacks: SweepCallbacks;
  stop: FollowedStop;
}

function holdExperiment(folder: string, { request, callbacks, stop, points }: Holding): Promise<LeaseResult> | LeaseResult {
  const onLost = () => {
    callbacks.onTakenOver?.();
    stop.request({ kind: 'forced', by: 'another process, which has taken over the experiment' });
  };
  const path = runnerLeaseFile(folder);
  const takesOver = request.takeOver ?? false;
  if (request.waitsForHolder === false) return acquireLease(path, createLease(), { onLost, takesOver });
  const onWait = (holder: LeaseRecord) => {
    callbacks.onWait?.(holder);
    for (const { id } of points) readLiveLease(leaseFile(join(folder, id))); // they are watched from here on, not only once it is their turn
  };
  return acquireLeaseInTime(path, { onLost, onWait, takesOver });
}

interface HeldSweep {
  /** Of the experiment. */
  folder: string;
  /** Of its lease. */
  token: string;
  work: Work;
  code: Promise<Code>;
  stop: FollowedStop;
}

async function runHeld(request: SweepRequest, callbacks: SweepCallbacks, held: HeldSweep): Promise<SweepEnd> {
  const { experiment, resultsRoot, data, origin } = request;
  const { fresh, retryFailed, changeBackend: mayChange = false, order = 'seeds', graceMs = 60_000 } = request;
  const { folder, token, code, stop } = held;
  const requests = openRunRequests(folder, token);
  const endWatch = watchStopRequests(folder, {
    token,
    onRequest(stopRequest) {
      callbacks.onStopRequest?.(stopRequest);
      stop.request(stopRequest);
    },
  });
  try {
    if (request.takeOver) for (const { id } of held.work.points) takeOverRun(runFolder(resultsRoot, experiment.name, id));
    const planOptions = {
      fresh,
      retryFailed,
      halving: experiment.halving !== undefined,
      findUnreadable: (id: string) => findUnreadableOutcome(runFolder(resultsRoot, experiment.name, id)),
    };
    const planFor = ({ points }: Work) =>
      planRuns(points, createStateReader(folder), { ...planOptions, only: wantedRuns(points, request) });
    const record = (plan: readonly PlannedRun[]) => recordSweep(request, folder, plan);
    if (request.log) writeHolding(folder, { token, log: request.log, behind: null });
    const hasWaited = await waitForTurn(request, callbacks, {
      stop,
      onWait() {
        record(planFor(held.work)); // it shows meanwhile
        writeHolding(folder, { token, log: request.log ?? null, behind: request.after! });
      },
    });
    if (hasWaited && endsWait(stop).aborted) return { kind: 'not-started' };
    if (hasWaited) writeHolding(folder, { token, log: request.log ?? null, behind: null });
    const work = hasWaited ? await findWork(request, code) : held.work; // the data, the cards and their memory of now
    const { surroundings, executor, slots } = work;
    const planned = planFor(work);
    const backends = { resultsRoot, experiment: experiment.name, backend: surroundings.backend, slots, mayChange };
    const kept = await keepBackends(planned, backends);
    record(kept);
    const plan = reuseEqualRuns(kept, { resultsRoot, experiment });
    const todo = plan.filter((run) => run.action !== 'skip').map((run) => run.point.config);
    const prepare = (configs: readonly RunConfig[]) => prepareData(data, configs, stop.signals.leave ?? stop.signals.graceful);
    const prepared = await prepare(todo);
    if (prepared === null) return { kind: 'not-started' };
    const otherPictures = await findOtherPictures(plan, {
      ...data,
      ...prepared,
      folderOf: (id) => runFolder(resultsRoot, experiment.name, id),
    });
    const { provenance, patch } = await describeOrigin(surroundings, origin, code);
    const { isUnreadable, gitProblem } = await code;
    callbacks.onStart?.({
      plan,
      slots,
      surroundings,
      place: executor.summary,
      codeProblem: isUnreadable ? gitProblem! : null,
      otherPictures,
    });
    const { describeData, planAgain } = createPlanAgain({
      backends,
      file: experiment.file,
      stateOf: (id) => createStateReader(folder)(id),
      options: planOptions,
      prepareData: prepare,
      describeData: prepared.describeData,
    });
    const result = await runExperiment({
      resultsRoot,
      experiment,
      plan: orderRuns(plan, order),
      slots,
      executor,
      provenance,
      patch,
      describeData,
      mayChangeBackend: mayChange,
      graceMs,
      stop: stop.signals,
      requests,
      planAgain,
      onEvent: callbacks.onEvent ?? (() => {}),
    });
    const hasLeft = (stop.signals.leave?.aborted ?? false) && !stop.signals.graceful.aborted;
    return { kind: 'ended', plan, wasStopped: hasLeft || stop.signals.graceful.aborted, hasLeft, ...result };
  } finally {
    requests.close();
    endWatch();
  }
}

/** Writes experiment.json, unless single runs are wanted that it names already: then it stays as the sweep was last started. */
function recordSweep(request: SweepRequest, folder: string, plan: readonly PlannedRun[]): void {
  const { resultsRoot, experiment, origin, only = [] } = request;
  const known = new Set(readExperimentRecord(folder).value?.runs.map(({ id }) => id));
  if (only.length > 0 && plan.every(({ id, isLeftOut }) => isLeftOut || known.has(id))) return;
  recordExperiment({ resultsRoot, experiment, plan, command: withoutOption(origin.command, '--only') });
}

/** Whether there was anybody to wait for. */
async function waitForTurn(
  { after, resultsRoot, experiment: { name } }: SweepRequest,
  { onQueue }: SweepCallbacks,
  { stop, onWait }: { stop: FollowedStop; onWait: () => void },
): Promise<boolean> {
  if (after === undefined) return false;
  let hasWaited = false;
  await waitBehind(after, {
    resultsRoot,
    name,
    signal: endsWait(stop),
    onWait(holder) {
      hasWaited = true;
      onWait();
      onQueue?.(holder);
    },
  });
  return hasWaited;
}

function endsWait({ signals: { graceful, leave } }: FollowedStop): AbortSignal {
  return leave ? AbortSignal.any([graceful, leave]) : graceful;
}

/** Frees a run from a process that cannot be seen from here; one that can is ended when the run begins. */
function takeOverRun(folder: string): void {
  const path = leaseFile(folder);
  if (readLease(path) === null) return;
  const result = acquireLease(path, createLease(), { takesOver: true });
  if (result.acquired) releaseLease(path, result.lease);
}

async function describeOrigin({ backend, machine }: Surroundings, origin: Origin, code: Promise<Code>) {
  const { patch, ...state } = await code;
  const provenance = describeProvenance({
    code: state,
    command: origin.command,
    experimentFile: origin.file,
    facet: origin.version,
    backend,
    gpus: machine.gpus,
    cores: machine.cores,
    now: new Date(),
  });
  return { provenance, patch };
}

/** Makes the data of these runs ready. null where the sweep was stopped meanwhile: nothing is lost. */
async function prepareData(
  data: DataAccess,
  configs: readonly RunConfig[],
  signal: AbortSignal,
): Promise<{ describeData: DescribeData } | null> {
  try {
    const describeData = await data.prepare(configs, signal);
    return { describeData: describeData ?? (() => undefined) };
  } catch (error) {
    if (!signal.aborted) throw error;
    return null;
  }
}
