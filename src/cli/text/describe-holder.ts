// Who is at work on an experiment already, and what to do about it.

import { dirname, join } from 'node:path';
import { plural } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { isVisibleHere, readLastSign, readLiveLease } from '../../results/leases/lease.ts';
import { silenceOf } from '../../results/leases/liveness.ts';
import { leaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

export function describeHolder(experiment: string, leaseFile: string, holder: LeaseRecord): string {
  const { pid, host, since } = holder;
  const stop = commandFor(dirname(dirname(leaseFile)), 'stop', experiment);
  const lastSignMs = readLastSign(leaseFile);
  const heard = lastSignMs === null ? '' : `, ${describeLastSign(lastSignMs, Date.now())}`;
  const text = `${experiment} is being run by process ${pid} on ${host} since ${since}${heard}. Follow it with --attach, or stop it with: ${stop}`;
  return isVisibleHere(holder) ? text : `${text}; if that machine or container is gone for good, start again with --take-over`;
}

/** One line for each process that may still work on runs of the plan, though nobody else runs the experiment; none as a rule. */
export function describeHeldRuns(plan: readonly Pick<PlannedRun, 'id' | 'action'>[], experimentFolder: string): string[] {
  const holders = plan
    .filter(({ action }) => action !== 'skip')
    .flatMap(({ id }) => readLiveLease(leaseFile(join(experimentFolder, id))) ?? [])
    .filter((holder) => !isVisibleHere(holder));
  const counts = new Map<string, number>();
  for (const { host } of holders) counts.set(host, (counts.get(host) ?? 0) + 1);
  const seconds = Math.round(Math.max(...holders.map(silenceOf)) / 1000);
  return [...counts].map(
    ([host, count]) =>
      `${plural(count, 'run')} may still be trained on ${host}, which cannot be seen from here. Watching for up to ${seconds} s before ${count === 1 ? 'it goes' : 'they go'} on; --take-over does not wait.`,
  );
}
