// Waits until the runner of another experiment has ended.

import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { readQueuePlace } from '../results/leases/holding.ts';
import { readLiveLease } from '../results/leases/lease.ts';
import { experimentFolder, runnerLeaseFile } from '../results/paths.ts';
import type { LeaseRecord } from '../results/records.ts';

const LOOK_EVERY_MS = 500;

/**
 * Until nobody runs `other` any more, however its runner has ended, or the signal is aborted. `onWait` is called once, with the runner, where
 * there is one. Another runner of `other` that begins later is not waited for. Throws a UserError where `other` itself waits behind `name`,
 * by whatever way round: neither would ever begin.
 */
export async function waitBehind(
  other: string,
  { resultsRoot, name, signal, onWait }: { resultsRoot: string; name: string; signal: AbortSignal; onWait: (holder: LeaseRecord) => void },
): Promise<void> {
  const lease = runnerLeaseFile(experimentFolder(resultsRoot, other));
  const holder = readLiveLease(lease);
  if (!holder) return;
  onWait(holder);
  while (!signal.aborted && readLiveLease(lease)?.token === holder.token) {
    requireNoCircle(resultsRoot, name, other);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Throws as waitBehind. */
export function requireNoCircle(resultsRoot: string, name: string, other: string): void {
  if (other === name) throw new UserError(`--after: expected another experiment, got ${quote(name)} itself`);
  const seen = new Set<string>();
  for (let next: string | null = other; next !== null && !seen.has(next); ) {
    seen.add(next);
    const behind = readQueuePlace(experimentFolder(resultsRoot, next));
    if (behind === name) throw new UserError(`--after ${other}: ${next} waits behind ${name} already, so that neither would ever begin`);
    next = behind;
  }
}
