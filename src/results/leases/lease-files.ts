// The files of a lease: the lease itself, and claims on it by processes that were about to take it over. Each is written whole.

import { createHash } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isObject } from '../check-records.ts';
import { readAt, withPlainFile } from '../files/read.ts';
import { removeIfPossible } from '../files/write.ts';
import type { LeaseRecord } from '../records.ts';
import { MOST_BYTES } from './heartbeat.ts';
import type { Sighting } from './liveness.ts';

/** A lease, or a claim on it, as it was found. */
export interface Link extends Sighting {
  text: string;
}

/** The lease and the unfinished claims on it, oldest first. The last one holds. */
export function readChain(path: string): Link[] {
  const chain: Link[] = [];
  for (let link = readLink(path); link; link = readLink(claimPath(path, link))) chain.push(link);
  return chain;
}

/** Where a claim on this lease lies: named after what the lease says, so that only one process can make it. */
export function claimPath(path: string, link: Link): string {
  return `${path}.after-${createHash('sha256').update(link.text).digest('hex').slice(0, 16)}`;
}

/** null where there is no such file. Throws an UnreadableFile. */
export function readLink(path: string): Link | null {
  return withPlainFile(path, (file, { size, mtimeMs }) => {
    const text = readAt(file, 0, Math.min(size, MOST_BYTES)).toString('utf8');
    return { path, text, lease: parseLease(text), writtenMs: mtimeMs };
  });
}

/** A file that is no lease (emptied by a full disk, edited by hand) belongs to nobody: it reads as a dead holder. */
function parseLease(text: string): LeaseRecord {
  const nobody: LeaseRecord = { token: '', pid: 0, startTime: 0, bootId: null, host: hostname(), since: '' };
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return nobody;
    const { pid, host, token } = value;
    const isLease = Number.isSafeInteger(pid) && (pid as number) > 0 && typeof host === 'string' && typeof token === 'string';
    return isLease ? { ...nobody, ...value } : nobody;
  } catch {
    return nobody;
  }
}

/** Readers see the whole file or none. False where there is one already. Throws the error of the system. */
export function createWhole(path: string, lease: LeaseRecord): boolean {
  const temporary = writeTemporary(path, lease);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return createExclusively(path, lease); // a file system without hard links
  } finally {
    rmSync(temporary, { force: true });
  }
}

function createExclusively(path: string, lease: LeaseRecord): boolean {
  try {
    writeFileSync(path, formatLease(lease), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Readers see the old file or the new one. Throws the error of the system. */
export function replaceWhole(path: string, lease: LeaseRecord): void {
  const temporary = writeTemporary(path, lease);
  try {
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
}

function writeTemporary(path: string, lease: LeaseRecord): string {
  const temporary = `${path}.${lease.token}.tmp`;
  try {
    writeFileSync(temporary, formatLease(lease));
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
  return temporary;
}

function formatLease(lease: LeaseRecord): string {
  return `${JSON.stringify(lease, null, 2)}\n`;
}
