// The dashboard's one action: it asks the runner of an experiment to stop.

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { readLiveLease } from '../../results/leases/lease.ts';
import { requestStop } from '../../results/leases/stop-request.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import type { LeaseRecord, StopRequest } from '../../results/records.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { StopReply } from '../wire.ts';

/** Names the runner at work to a page, without the lease's own token. */
export function keyOfRunner(runner: LeaseRecord | null): string | null {
  return runner && createHash('sha256').update(runner.token).digest('hex').slice(0, 16);
}

/** Asks the runner that the page has seen, and no later one. `body`: what the browser sent. */
export function answerStop({ results: { folder } }: LiveExperiment, body: unknown): { reply: StopReply; status: 200 | 400 | 409 } {
  const { runner, kind } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof runner !== 'string' || !isKind(kind)) return { reply: { error: 'expected a runner and graceful or forced' }, status: 400 };
  const isStillThere = keyOfRunner(readLiveLease(runnerLeaseFile(folder))) === runner;
  const holder = isStillThere ? requestStop(folder, { kind, by: `the dashboard (process ${process.pid} on ${hostname()})` }) : null;
  return holder ? { reply: { asked: kind }, status: 200 } : { reply: { error: 'that runner has left already' }, status: 409 };
}

function isKind(kind: unknown): kind is StopRequest['kind'] {
  return kind === 'graceful' || kind === 'forced';
}
