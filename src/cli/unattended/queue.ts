// facet run FILE --after NAME: whom it waits for.

import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { findExperiment } from '../find-experiment.ts';

/** The experiment's name; undefined, with a line on why, where there is nobody to wait for. */
export function findPredecessor(resultsRoot: string, nameOrPath: string): string | undefined {
  try {
    const { name, folder } = findExperiment(resultsRoot, nameOrPath);
    if (readLiveLease(runnerLeaseFile(folder)) !== null) return name;
    process.stdout.write(`Nobody runs ${quote(name)}: not waiting for it.\n`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stdout.write(`--after ${nameOrPath}: not waiting for it. ${error.message}\n`);
  }
  return undefined;
}

export function describeQueue(name: string, behind: string, holder: LeaseRecord, lastSignMs: number | null): string {
  const heard = lastSignMs === null ? '' : `, ${describeLastSign(lastSignMs, Date.now())}`;
  return `${name} waits until ${behind} has ended, which process ${holder.pid} on ${holder.host} runs since ${holder.since}${heard}.`;
}
