// Room: results. What a run folder says about itself. Nothing is ever stored as 'running', so nothing can lie.

import { existsSync, statSync } from 'node:fs';
import { readLiveLease } from './leases/lease.ts';
import { leaseFile, logFile, metricsFile } from './paths.ts';
import type { OutcomeRecord, RunState } from './records.ts';

/**
 * The state of a run: its outcome where there is one, else 'running' while a live process holds the folder, else
 * 'interrupted' where a process has been at work, else 'queued'.
 */
export function deriveState(folder: string, outcome: OutcomeRecord | null): RunState {
  if (outcome) return outcome.status;
  if (readLiveLease(leaseFile(folder))) return 'running';
  return existsSync(leaseFile(folder)) || existsSync(logFile(folder)) || hasBytes(metricsFile(folder)) ? 'interrupted' : 'queued';
}

function hasBytes(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
