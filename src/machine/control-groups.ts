// The control groups that this process is in, with those above them: their limits of cores and memory. Versions 1 and 2. Throws nothing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './read-text.ts';

/** Where the system describes itself; another folder in tests. */
const SYSTEM = '/';

/**
 * The folders of this process's group for a controller ("cpu", "memory"), from the innermost group to the outermost that can be seen from
 * here. Every one of them limits the process. A container sees its own group, or the one that it was given, as the root.
 */
export function listControlGroups(controller: string, system: string = SYSTEM): string[] {
  const memberships = readMemberships(system);
  return readMounts(system)
    .filter(({ controllers }) => controllers === null || controllers.includes(controller))
    .flatMap(({ folder, root, controllers }) => {
      const wanted = controllers === null ? null : controller;
      const path = memberships.find((group) => (wanted === null ? group.controllers === null : group.controllers?.includes(wanted)))?.path;
      return path === undefined ? [] : listUpwards(join(system, folder), stripRoot(path, root));
    });
}

export interface Membership {
  path: string;
  /** null: version 2, which has all of them. */
  controllers: string[] | null;
}

/** The groups of this process, as the kernel lists them: one of version 2, or one for each hierarchy of version 1, or both. */
export function readMemberships(system: string = SYSTEM): Membership[] {
  return readText(join(system, 'proc/self/cgroup'))
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, controllers, path]) => ({ path: path!, controllers: controllers === '' ? null : controllers!.split(',') }));
}

interface Mount {
  folder: string;
  /** The group that lies there as the root. */
  root: string;
  /** null: version 2, which has all of them. */
  controllers: string[] | null;
}

function readMounts(system: string): Mount[] {
  return readText(join(system, 'proc/self/mountinfo'))
    .split('\n')
    .map((line) => /^\d+ \d+ \S+ (\S+) (\S+) .* - (cgroup2?) \S+ (\S+)/.exec(line))
    .filter((match) => match !== null)
    .map(([, root, folder, type, options]) => ({
      folder: readEscapes(folder!),
      root: readEscapes(root!),
      controllers: type === 'cgroup2' ? null : options!.split(','),
    }));
}

/** mountinfo writes a space as \040. */
const readEscapes = (path: string): string => path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The path of a group from the mounted root; '/' where the group lies outside of what is mounted. */
function stripRoot(path: string, root: string): string {
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : '/';
}

function listUpwards(folder: string, path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..'); // '..': outside of this namespace
  const folders = names.map((_, i) => join(folder, ...names.slice(0, names.length - i)));
  return [...folders, folder].filter((group) => existsSync(group));
}

/** The cores that the groups leave to this process; a fraction of a core counts as a whole one. Infinity where there is no limit. */
export function readCoreLimit(system: string = SYSTEM): number {
  const limits = listControlGroups('cpu', system).map((group) => {
    const legacy = `${readText(join(group, 'cpu.cfs_quota_us'))} ${readText(join(group, 'cpu.cfs_period_us'))}`;
    return readCoreQuota(readText(join(group, 'cpu.max')) || legacy);
  });
  return Math.min(Number.POSITIVE_INFINITY, ...limits);
}

/** From `<microseconds of work> <period>`, where "max" or -1 sets no limit. */
export function readCoreQuota(limit: string): number {
  const [quota, period] = limit.trim().split(/\s+/).map(Number);
  return quota && period && quota > 0 ? Math.ceil(quota / period) : Number.POSITIVE_INFINITY;
}

/**
 * Bytes that the groups allow, and how many of these are left: of each group with a limit what its processes, and those of the groups below
 * it, do not hold. Files that the kernel caches for them count as left. Infinity where there is no limit.
 */
export function readMemoryLimit(system: string = SYSTEM): { limitBytes: number; leftBytes: number } {
  const limits = listControlGroups('memory', system).map((group) => {
    const isSecond = existsSync(join(group, 'memory.max'));
    const limit = Number(readText(join(group, isSecond ? 'memory.max' : 'memory.limit_in_bytes')) || 'max');
    if (!(limit > 0 && limit < NO_LIMIT_BYTES)) return { limitBytes: Number.POSITIVE_INFINITY, leftBytes: Number.POSITIVE_INFINITY };
    const used = Number(readText(join(group, isSecond ? 'memory.current' : 'memory.usage_in_bytes')));
    const cached = isSecond ? /^inactive_file (\d+)$/m : /^total_inactive_file (\d+)$/m;
    const cachedBytes = Number(cached.exec(readText(join(group, 'memory.stat')))?.[1] ?? 0);
    return { limitBytes: limit, leftBytes: Math.max(0, limit - Math.max(0, used - cachedBytes)) };
  });
  return {
    limitBytes: Math.min(Number.POSITIVE_INFINITY, ...limits.map(({ limitBytes }) => limitBytes)),
    leftBytes: Math.min(Number.POSITIVE_INFINITY, ...limits.map(({ leftBytes }) => leftBytes)),
  };
}

/** Version 1 writes "no limit" as the largest number of pages. */
const NO_LIMIT_BYTES = 2 ** 60;
