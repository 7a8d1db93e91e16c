import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { judgeProcess as judgeLock } from '../../scripts/setup/processes.js';
import { createLease } from '../../src/results/leases/lease.ts';
import { judgeProcess } from '../../src/results/leases/liveness.ts';
import type { LeaseRecord } from '../../src/results/records.ts';

const own = createLease();
const { pidNamespace: _none, ...former } = own;

it.runIf(process.platform === 'linux').each<[string, LeaseRecord, string, number?]>([
  ['this process', own, 'alive'],
  ['a process that is gone', { ...own, pid: 2 ** 22 + 1 }, 'dead'],
  ['a process whose number was given away', { ...own, startTime: 1 }, 'dead'],
  ['a process of before a reboot', { ...own, bootId: 'former boot' }, 'dead'],
  ['a process on another machine of the same name', { ...own, bootId: 'other boot' }, 'unseen', Date.now()],
  ['a process on another machine', { ...own, bootId: 'other boot', host: `not-${hostname()}` }, 'unseen'],
  ['a process in another PID namespace', { ...own, pidNamespace: 'pid:[1]', startTime: 1 }, 'unseen'],
  ['this process under a former name of the machine', { ...own, host: 'former-name' }, 'alive'],
  ['a process of a former version', former, 'alive'],
  ['a dead process of a former version', { ...former, startTime: 1 }, 'dead'],
  ['a process of a former version in a container', { ...former, host: 'container' }, 'unseen'],
])('the lock of the set-up and the leases of runs judge %s alike', (_who, lease, verdict, writtenMs = 0) => {
  expect(judgeProcess(lease, writtenMs)).toBe(verdict);
  const { pid, startTime, bootId, host, pidNamespace } = lease;
  expect(
    judgeLock(
      { pid: String(pid), startTime: String(startTime), bootId: bootId!, host, pidNamespace: pidNamespace ?? undefined },
      writtenMs,
    ),
  ).toBe(verdict);
});
