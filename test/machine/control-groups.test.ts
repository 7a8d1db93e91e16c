import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { afterEach, describe, expect, test } from 'vitest';
import { listControlGroups, readCoreLimit, readCoreQuota, readMemoryLimit } from '../../src/machine/control-groups.ts';

const FACET = join(import.meta.dirname, '../../bin/facet.js');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder that describes a system as the kernel would, with these files. */
function describeSystem(files: Record<string, string>): string {
  const system = mkdtempSync(join(tmpdir(), 'facet-system-'));
  folders.push(system);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(system, path)), { recursive: true });
    writeFileSync(join(system, path), `${text}\n`);
  }
  return system;
}

const SECOND = '30 23 0:26 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const FIRST = [
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:8 - cgroup cgroup rw,cpu,cpuacct',
  '36 31 0:33 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
  '38 31 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
].join('\n');

describe('limits of control groups', () => {
  test('reads a quota', () => {
    expect(readCoreQuota('max 100000')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('-1 100000')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('')).toBe(Number.POSITIVE_INFINITY);
    expect(readCoreQuota('200000 100000')).toBe(2);
    expect(readCoreQuota('150000 100000\n')).toBe(2);
  });

  test('are those of the own group and of all above it, in version 2', () => {
    const system = describeSystem({
      'proc/self/cgroup': '0::/system.slice/slurmstepd.scope/job_7/step_0',
      'proc/self/mountinfo': SECOND,
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/cpu.max': '300000 100000',
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/memory.max': '8000',
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/memory.current': '5000',
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/memory.stat': 'anon 1\ninactive_file 1000',
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_0/cpu.max': 'max 100000',
      'sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_0/memory.max': 'max',
      'sys/fs/cgroup/user.slice/cpu.max': '100000 100000',
      'sys/fs/cgroup/user.slice/memory.max': '100',
    });
    expect(readCoreLimit(system)).toBe(3);
    expect(readMemoryLimit(system)).toEqual({ limitBytes: 8000, leftBytes: 4000 });
  });

  test('are those of the own group in version 1, each controller in a hierarchy of its own', () => {
    const system = describeSystem({
      'proc/self/cgroup': '4:memory:/slurm/uid_1/job_2\n1:cpu,cpuacct:/slurm/uid_1\n0::/',
      'proc/self/mountinfo': FIRST,
      'sys/fs/cgroup/cpu,cpuacct/slurm/uid_1/cpu.cfs_quota_us': '250000',
      'sys/fs/cgroup/cpu,cpuacct/slurm/uid_1/cpu.cfs_period_us': '100000',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
      'sys/fs/cgroup/memory/slurm/uid_1/memory.limit_in_bytes': '6000',
      'sys/fs/cgroup/memory/slurm/uid_1/memory.usage_in_bytes': '5900',
      'sys/fs/cgroup/memory/slurm/uid_1/memory.stat': 'total_inactive_file 0',
      'sys/fs/cgroup/memory/slurm/uid_1/job_2/memory.limit_in_bytes': '4000',
      'sys/fs/cgroup/memory/slurm/uid_1/job_2/memory.usage_in_bytes': '1000',
    });
    expect(readCoreLimit(system)).toBe(3);
    expect(readMemoryLimit(system)).toEqual({ limitBytes: 4000, leftBytes: 100 });
  });

  test('are those of the mounted root where a container sees its own group as that', () => {
    const system = describeSystem({
      'proc/self/cgroup': '0::/docker/abc/inner',
      'proc/self/mountinfo': '30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw',
      'sys/fs/cgroup/cpu.max': '200000 100000',
      'sys/fs/cgroup/inner/cpu.max': '400000 100000',
    });
    expect(listControlGroups('cpu', system)).toEqual([join(system, 'sys/fs/cgroup/inner'), join(system, 'sys/fs/cgroup')]);
    expect(readCoreLimit(system)).toBe(2);
  });

  test('are read below a group that lies outside of the namespace, and where nothing describes groups', () => {
    const outside = describeSystem({
      'proc/self/cgroup': '0::/../../other.scope',
      'proc/self/mountinfo': SECOND,
      'sys/fs/cgroup/cpu.max': '100000 100000',
    });
    expect(readCoreLimit(outside)).toBe(1);
    expect(readCoreLimit(describeSystem({}))).toBe(Number.POSITIVE_INFINITY);
    expect(readMemoryLimit(describeSystem({}))).toEqual({ limitBytes: Number.POSITIVE_INFINITY, leftBytes: Number.POSITIVE_INFINITY });
  });

  test('doctor tells them of a real group below the root', async ({ skip }) => {
    const group = createCoreGroup();
    if (group === null) return skip('a control group may not be made here');
    try {
      const { stdout } = execaSync('/bin/sh', [
        '-c',
        `echo $$ > ${group}/cgroup.procs && exec "$0" "$@"`,
        process.execPath,
        FACET,
        'doctor',
        '--json',
      ]);
      expect(JSON.parse(stdout).processor.cores).toBe(1);
    } finally {
      await expect.poll(() => isRemoved(group)).toBe(true); // what the command has started leaves a moment later
    }
  });
});

function isRemoved(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** A group with one core; null where that cannot be. */
function createCoreGroup(): string | null {
  for (const [parent, file, text] of [
    ['/sys/fs/cgroup/cpu', 'cpu.cfs_quota_us', '100000'],
    ['/sys/fs/cgroup', 'cpu.max', '100000 100000'],
  ] as const) {
    const outer = join(parent, `facet-test-${process.pid}`);
    try {
      mkdirSync(outer);
      writeFileSync(join(outer, file), text);
      return outer;
    } catch {
      try {
        rmdirSync(outer);
      } catch {}
    }
  }
  return null;
}
