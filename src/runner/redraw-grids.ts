// Draws the sample grids of an experiment's runs again, as the file now asks, from the checkpoints that are kept. Nothing is trained. Each
// run is drawn by a process of its own, as it is trained by one: TensorFlow never loads here.

import { execa } from 'execa';
import { UserError } from '../experiment/user-error.ts';
import { type BackendKind, chooseBackend, nameOf } from '../machine/backend.ts';
import { libraryEnvironment } from '../machine/installation.ts';
import { describeProcessor } from '../machine/processor.ts';
import { readBackendKind } from '../results/engine-file.ts';
import { acquireLeaseInTime, releaseLease } from '../results/leases/lease.ts';
import { watchStopRequests } from '../results/leases/stop-request.ts';
import { experimentFolder, runFolder, runnerLeaseFile } from '../results/paths.ts';
import { readRun } from '../results/read.ts';
import type { LeaseRecord, RedrawnGrids } from '../results/records.ts';
import { writeRunRecord } from '../results/write-run.ts';
import { createChildEnvironment } from './executors/local/child-environment.ts';
import { findParentDeathPrefix } from './executors/local/no-orphans.ts';
import { chooseMaxCpuIsa, chooseOneDnn } from './plan/one-dnn.ts';
import type { IdentifiedPoint } from './plan/plan.ts';
import type { Slot } from './plan/slots.ts';
import { chooseThreads } from './plan/threads.ts';

export interface RedrawRequest {
  resultsRoot: string;
  /** Its name. */
  experiment: string;
  points: readonly IdentifiedPoint[];
  /** The program that draws: node <drawer> <run folder> <samples, as JSON> prints RedrawnGrids. */
  drawer: string;
  /** Nothing more is drawn once it is aborted. */
  signal: AbortSignal;
}

/** Why a run's grids could not be drawn, in a line. */
export type RedrawResult = RedrawnGrids | { problem: string };

export type RedrawEnd = { kind: 'held'; holder: LeaseRecord } | { kind: 'ended'; wasStopped: boolean };

/**
 * Runs without a folder are passed over. `onRun` is called after each of the others. Throws a WriteFailure where the results cannot be
 * written.
 */
export async function redrawGrids(request: RedrawRequest, onRun: (id: string, result: RedrawResult) => void): Promise<RedrawEnd> {
  const { resultsRoot, experiment, points, signal } = request;
  const folder = experimentFolder(resultsRoot, experiment);
  const begun = points.filter(({ id }) => readRun(runFolder(resultsRoot, experiment, id)).record !== null);
  if (begun.length === 0) return { kind: 'ended', wasStopped: false };
  const asked = new AbortController();
  const hold = await acquireLeaseInTime(runnerLeaseFile(folder), { onLost: () => asked.abort() });
  if (!hold.acquired) return { kind: 'held', holder: hold.holder };
  const endWatch = watchStopRequests(folder, { token: hold.lease.token, onRequest: () => asked.abort() });
  const stop = AbortSignal.any([signal, asked.signal]);
  try {
    const prefix = await findParentDeathPrefix();
    for (const point of begun) {
      if (stop.aborted) break;
      onRun(point.id, await redrawRun(runFolder(resultsRoot, experiment, point.id), point, { drawer: request.drawer, prefix, stop }));
    }
  } finally {
    endWatch();
    releaseLease(runnerLeaseFile(folder), hold.lease);
  }
  return { kind: 'ended', wasStopped: stop.aborted };
}

interface Drawing {
  drawer: string;
  prefix: readonly string[];
  stop: AbortSignal;
}

async function redrawRun(folder: string, { point }: IdentifiedPoint, { drawer, prefix, stop }: Drawing): Promise<RedrawResult> {
  const { record, state } = readRun(folder);
  if (state === 'running') return { problem: 'a process is still at work on it' };
  const { samples } = point.config;
  const [file, ...args] = [...prefix, process.execPath, drawer, folder, JSON.stringify(samples)];
  // What changes the last bits is as it was in training.
  const place = await placeOnOwnBackend(readBackendKind(folder, record!));
  const threads = chooseThreads(describeProcessor().cores, record);
  const oneDnn = chooseOneDnn(process.env, record);
  const maxCpuIsa = chooseMaxCpuIsa(process.env, record);
  const { stdout, stderr, exitCode, signal } = await execa(file!, args, {
    stdin: 'ignore',
    env: { ...libraryEnvironment(), ...createChildEnvironment({ index: 0, ...place, threads, oneDnn, maxCpuIsa }, process.env) },
    cancelSignal: stop,
    reject: false,
  });
  if (stop.aborted) return { problem: 'stopped' };
  const drawn = exitCode === 0 ? parseLastLine(stdout) : null;
  if (drawn === null) return { problem: lastLineOf(stderr) ?? `its process ended with ${signal ?? `code ${exitCode}`}` };
  writeRunRecord(folder, { ...record!, config: { ...record!.config, samples } });
  return drawn;
}

/**
 * The kind of backend that trained the run last, where this machine has it and FACET_BACKEND asks for no other. Otherwise the run is drawn on
 * what is here, and the drawer says so: its pictures differ in their last bits at most, no weights do, and they can be drawn again.
 */
async function placeOnOwnBackend(kind: BackendKind | null): Promise<Pick<Slot, 'gpus' | 'backend'>> {
  const asked = process.env.FACET_BACKEND?.trim().toLowerCase();
  if (kind === null || (asked && asked !== nameOf(kind))) return { gpus: null };
  try {
    await chooseBackend({ ...process.env, FACET_BACKEND: nameOf(kind) });
  } catch (error) {
    if (error instanceof UserError) return { gpus: null };
    throw error;
  }
  return { backend: nameOf(kind), gpus: kind === 'tensorflow cpu' ? [] : null };
}

function parseLastLine(text: string): RedrawnGrids | null {
  try {
    return JSON.parse(lastLineOf(text) ?? '') as RedrawnGrids;
  } catch {
    return null;
  }
}

function lastLineOf(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1) || undefined;
}
