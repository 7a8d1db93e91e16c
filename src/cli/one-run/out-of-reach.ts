// What is said of a runner that cannot be reached from here, or does not answer.

import { commandToGoOn } from '../../results/commands.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { readLastSign, readLease } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { type ExperimentSummary, readExperiment } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { EXIT } from '../exit-codes.ts';

/** Of a holder that has given no sign of life for so long that the results may be a copy, or its machine gone. */
export function tellOutOfReach(results: string, { name, folder }: Pick<ExperimentSummary, 'name' | 'folder'>): number {
  const path = runnerLeaseFile(folder);
  const { pid, host } = readLease(path) ?? { pid: '?', host: '?' };
  const lastSignMs = readLastSign(path);
  const heard = lastSignMs === null ? 'not heard of for a minute' : describeLastSign(lastSignMs, Date.now());
  const goOn = commandToGoOn(results, readExperiment(results, name));
  process.stderr.write(
    `${name}: process ${pid} on ${host}, ${heard}, cannot be reached from here. If it works on, stop it on ${host}; if it is gone for good, go on here with: ${goOn} --take-over\n`,
  );
  return EXIT.held;
}

/** Of a runner that leaves a request where it is. */
export function describeSilence({ pid, host }: LeaseRecord): string {
  return `Process ${pid} has not taken up the request yet. Where it is suspended, wake it on ${host} with: kill -CONT ${pid}`;
}
