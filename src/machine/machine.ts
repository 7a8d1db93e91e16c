// Room: machine. Facts about this machine: processor, memory, GPUs, disks, programs. Nothing here throws; what cannot be
// learned is null, 0 or empty.

import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';

/** Instruction sets that change how fast training is. */
const FEATURES = ['avx2', 'avx512f', 'avx512_bf16', 'amx_bf16', 'asimd', 'bf16'];

export interface Processor {
  model: string;
  /** What this process may use: affinity and control groups counted in. */
  cores: number;
  features: string[];
}

export function describeProcessor(): Processor {
  const quota = readCoreQuota(readText('/sys/fs/cgroup/cpu.max') || readLegacyQuota());
  return {
    model: cpus()[0]?.model.trim() || process.arch,
    cores: Math.max(1, Math.min(availableParallelism(), quota)),
    features: readFeatures(readText('/proc/cpuinfo')),
  };
}

/** From /proc/cpuinfo: `flags` on x86-64, `Features` on arm64. */
export function readFeatures(cpuinfo: string): string[] {
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' '));
  return FEATURES.filter((feature) => flags.has(feature));
}

/** From `<microseconds of work> <period>`, where "max" or -1 sets no limit. A fraction of a core counts as a whole one. */
export function readCoreQuota(limit: string): number {
  const [quota, period] = limit.trim().split(/\s+/).map(Number);
  return quota && period && quota > 0 ? Math.ceil(quota / period) : Number.POSITIVE_INFINITY;
}

/** Bytes that this process may use, and that are free now. */
export function describeMemory(): { totalBytes: number; freeBytes: number } {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const freeInGroup = limit < totalmem() ? limit - readGroupUse() : limit;
  return { totalBytes: Math.min(totalmem(), limit), freeBytes: Math.max(0, Math.min(freemem(), freeInGroup)) };
}

/** Bytes that the processes under this one's limit hold, without the files that the kernel caches for them; 0 where there is no group. */
function readGroupUse(): number {
  const [group, pattern] = existsSync('/sys/fs/cgroup/memory.current')
    ? ['/sys/fs/cgroup/memory.current', /^inactive_file (\d+)$/m]
    : ['/sys/fs/cgroup/memory/memory.usage_in_bytes', /^total_inactive_file (\d+)$/m];
  const cached = Number(pattern.exec(readText(join(dirname(group), 'memory.stat')))?.[1] ?? 0);
  return Math.max(0, Number(readText(group)) - cached);
}

export interface GraphicsCard {
  name: string;
  memoryBytes: number;
  driver: string;
}

export async function listGraphicsCards(): Promise<GraphicsCard[]> {
  const query = ['--query-gpu=memory.total,driver_version,name', '--format=csv,noheader,nounits'];
  const { stdout, failed } = await execa('nvidia-smi', query, { reject: false, timeout: 10_000, stdin: 'ignore' });
  return failed ? [] : stdout.split('\n').filter(Boolean).map(parseGraphicsCard);
}

function parseGraphicsCard(line: string): GraphicsCard {
  const [mebibytes, driver = '', ...name] = line.split(',').map((part) => part.trim());
  return { name: name.join(', '), memoryBytes: Number(mebibytes) * 1024 * 1024 || 0, driver };
}

/** Free bytes for this user where a folder is, or would be. */
export function readFreeBytes(folder: string): number | null {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return null;
    }
  }
}

/** Bytes of all files in a folder; 0 where there is none. */
export function measureFolder(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries.reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}

/** Full path of the first of these programs that is on the PATH. */
export function findProgram(names: readonly string[], path: string = process.env.PATH ?? ''): string | null {
  const candidates = names.flatMap((name) =>
    path
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, name)),
  );
  return candidates.find(isExecutable) ?? null;
}

/** "pip 23.2.1", or null where neither Python's own nor a separate pip answers. */
export async function readPipVersion(): Promise<string | null> {
  for (const [program, ...args] of [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const) {
    const { stdout, failed } = await execa(program, [...args, '--version'], { reject: false, timeout: 20_000, stdin: 'ignore' });
    const version = failed ? null : /^pip \d[\w.]*/.exec(stdout)?.[0];
    if (version) return version;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Control groups before version 2 keep the two numbers in two files. */
function readLegacyQuota(): string {
  return `${readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us')} ${readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us')}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
