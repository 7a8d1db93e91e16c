import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { diagnoseDeath } from '../../src/runner/attempt/diagnose.ts';
import { compareKernelKills, countKernelKills } from '../../src/runner/executors/local/kernel-kills.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-kernel-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
/** Version 2 at the usual place, `root` being the group that lies there; version 1 beside it. */
const mount = (root: string) =>
  write(
    'proc/self/mountinfo',
    `30 23 0:26 ${root} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n`,
  );
const vmstat = (kills: number) => write('proc/vmstat', `nr_free_pages 7\noom_kill ${kills}\n`);

it('counts the kills in the control group of the process, in either version, and on the machine', () => {
  vmstat(4);
  expect(countKernelKills(root)).toEqual({ group: null, machine: 4 });
  mount('/');
  write('proc/self/cgroup', '0::/user/facet\n');
  write('sys/fs/cgroup/user/facet/memory.events', 'low 0\noom 3\noom_kill 2\noom_group_kill 0\n');
  expect(countKernelKills(root)).toEqual({ group: 2, machine: 4 });
  write('proc/self/cgroup', '4:memory:/job\n0::/\n');
  write('sys/fs/cgroup/memory/job/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n');
  expect(countKernelKills(root)).toEqual({ group: 1, machine: 4 });
});

it('finds the group of a container, which sees it as the root', () => {
  mount('/docker/abc');
  write('proc/self/cgroup', '0::/docker/abc\n');
  write('sys/fs/cgroup/memory.events', 'oom_kill 9\n');
  expect(countKernelKills(root).group).toBe(9);
});

it.each([
  ['in-group', 1, 'out-of-memory', 'almost certainly by the kernel for want of memory'],
  ['on-machine', 0, 'out-of-memory', 'probably by the kernel for want of memory'],
] as const)('a kill counted %s makes a SIGKILL a lack of memory, and says how sure that is', (where, inGroup, status, words) => {
  const before = { group: 3, machine: 5 };
  const after = { group: 3 + inGroup, machine: 6 };
  expect(compareKernelKills(before, after)).toBe(where);
  expect(diagnoseDeath(root, { signal: 'SIGKILL', memoryKill: where })).toMatchObject({
    status,
    message: expect.stringContaining(words),
  });
});

it('says nothing about memory where the kernel has counted nothing, and leaves it open where it does not count', () => {
  const counts = { group: 3, machine: 5 };
  expect(diagnoseDeath(root, { signal: 'SIGKILL', memoryKill: compareKernelKills(counts, counts) }).status).toBe('crashed');
  const unknown = { group: null, machine: null };
  const verdict = diagnoseDeath(root, { signal: 'SIGKILL', memoryKill: compareKernelKills(unknown, unknown) });
  expect(verdict).toMatchObject({ status: 'crashed', message: expect.stringContaining('when memory runs out') });
});
