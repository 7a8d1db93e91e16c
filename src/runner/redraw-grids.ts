// Draws the sample grids of an experiment's runs again, as the file now asks, from the checkpoints that are kept. Nothing is trained. Each
// run is drawn by a process of its own, as it is trained by one.

import type { RedrawnGrids } from '../results/child-messages.ts';
import { acquireLeaseInTime, releaseLease } from '../results/leases/lease.ts';
import { watchStopRequests } from '../results/leases/stop-request.ts';
import { experimentFolder, runFolder, runnerLeaseFile } from '../results/paths.ts';
import { readRun } from '../results/read.ts';
import type { LeaseRecord } from '../results/records.ts';
import { writeRunRecord } from '../results/write-run.ts';
import { askChild } from './ask-child.ts';
import { findParentDeathPrefix } from './executors/local/no-orphans.ts';
import type { IdentifiedPoint } from './plan/plan.ts';

export interface RedrawRequest {
  resultsRoot: string;
  /** Its name. */
  experiment: string;
  points: readonly IdentifiedPoint[];
  /** The program that draws: node <drawer> <run folder> <{samples, phrases}, as JSON> prints RedrawnGrids. */
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
  const { samples, dataset } = point.config;
  const argument = JSON.stringify({ samples, phrases: dataset.phrases });
  const drawn = await askChild<RedrawnGrids>(folder, record!, { program: drawer, argument, prefix, stop });
  if ('problem' in drawn) return drawn;
  const { config } = record!;
  writeRunRecord(folder, { ...record!, config: { ...config, samples, dataset: { ...config.dataset, phrases: dataset.phrases } } });
  return drawn;
}
