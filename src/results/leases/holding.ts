// holder.json of an experiment's folder: what the process at work there says of itself besides its lease. It names that lease, so that what a
// killed process has left is nobody's.

import { rmSync } from 'node:fs';
import { readJson } from '../files/read.ts';
import { writeJsonAtomic } from '../files/write.ts';
import { holdingFile, runnerLeaseFile } from '../paths.ts';
import type { HoldingRecord, LeaseRecord } from '../records.ts';
import { readLiveLease } from './lease.ts';

/** Throws a WriteFailure. */
export function writeHolding(experimentFolder: string, holding: Omit<HoldingRecord, 'format'>): void {
  writeJsonAtomic(holdingFile(experimentFolder), { format: 1, ...holding } satisfies HoldingRecord);
}

/** Does nothing where the file is of another holder. */
export function removeHolding(experimentFolder: string, lease: Pick<LeaseRecord, 'token'>): void {
  if (readHolding(experimentFolder, lease) === null) return;
  try {
    rmSync(holdingFile(experimentFolder), { force: true });
  } catch {
    // it names a lease that nobody holds any more
  }
}

/** Of the holder of this lease; null where it has said nothing. */
export function readHolding(experimentFolder: string, { token }: Pick<LeaseRecord, 'token'>): HoldingRecord | null {
  const { value } = readJson<HoldingRecord>(holdingFile(experimentFolder), isHolding, 'what the runner says of itself');
  return value?.token === token ? value : null;
}

/** The experiment behind which the live runner of this one waits; null where nobody waits. */
export function readQueuePlace(experimentFolder: string): string | null {
  const holder = readLiveLease(runnerLeaseFile(experimentFolder));
  return holder && (readHolding(experimentFolder, holder)?.behind ?? null);
}

function isHolding({ token, log, behind }: Record<string, unknown>): boolean {
  const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';
  return typeof token === 'string' && isTextOrNull(log) && isTextOrNull(behind);
}
