// Room: results/leases. Which live process holds a folder. A lease is believed only while its process lives on this boot of
// this machine, so a kill or a reboot frees it at once; a holder on another machine cannot be judged and keeps it.

import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { writing } from '../errors.ts';
import { removeIfPossible } from '../files/write.ts';
import type { LeaseRecord } from '../records.ts';
import { isAlive, readBootId, readStartTime } from './process-identity.ts';

export type LeaseResult = { acquired: true; lease: LeaseRecord } | { acquired: false; holder: LeaseRecord };

/**
 * Takes the lease kept in a file, from nobody or from a provably dead holder. Of any number of processes that try at
 * once, at most one holds it. Throws only a WriteFailure (read-only folder, no space).
 *
 * A dead holder is replaced in three steps, so that no live lease is ever overwritten: link a claim named after the
 * dead lease (only one can), check that it is still the current lease, rename over it. The claim of a process that
 * died between these steps counts as the lease itself and is succeeded in the same way.
 */
export function acquireLease(path: string, lease: LeaseRecord = createLease()): LeaseResult {
  return writing(path, () => acquire(path, lease));
}

function acquire(path: string, lease: LeaseRecord): LeaseResult {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    const chain = readChain(path);
    const holder = chain.at(-1);
    if (holder && isSameProcess(holder.record, lease)) return { acquired: true, lease: holder.record };
    if (holder && isAlive(holder.record)) return { acquired: false, holder: holder.record };
    const claim = holder ? claimPath(path, holder) : path;
    if (!createWhole(claim, lease)) continue; // somebody else was quicker: look again
    if (!holder) return { acquired: true, lease };
    const now = readChain(path);
    const stillMine = now.length === chain.length + 1 && chain.every((link, i) => now[i]!.text === link.text);
    if (stillMine) {
      replaceWhole(path, lease);
      for (const link of chain) rmSync(claimPath(path, link), { force: true });
      return { acquired: true, lease };
    }
    rmSync(claim, { force: true });
  }
}

/** Gives up a lease; does nothing where somebody else holds it, or where the system refuses: then it ends with its process. */
export function releaseLease(path: string, lease: LeaseRecord): void {
  try {
    if (readLease(path)?.token === lease.token) rmSync(path, { force: true });
  } catch {
    // a lease of a dead process is nobody's
  }
}

/** The process that holds the lease now, or null; also where the file cannot be read. */
export function readLiveLease(path: string): LeaseRecord | null {
  try {
    const holder = readChain(path).at(-1)?.record;
    return holder && isAlive(holder) ? holder : null;
  } catch {
    return null;
  }
}

/** The lease as written, of a living or a dead process; null where there is none or it cannot be read. */
export function readLease(path: string): LeaseRecord | null {
  return readLink(path)?.record ?? null;
}

/** The lease of a live process, by default this one. */
export function createLease(pid: number = process.pid): LeaseRecord {
  return {
    token: randomBytes(8).toString('hex'),
    pid,
    startTime: readStartTime(pid) ?? null,
    bootId: readBootId(),
    host: hostname(),
    since: new Date().toISOString(),
  };
}

interface Link {
  record: LeaseRecord;
  text: string;
}

/** The lease and the unfinished claims on it, oldest first. The last one holds. */
function readChain(path: string): Link[] {
  const chain: Link[] = [];
  for (let link = readLink(path); link; link = readLink(claimPath(path, link))) chain.push(link);
  return chain;
}

function claimPath(path: string, link: Link): string {
  return `${path}.after-${createHash('sha256').update(link.text).digest('hex').slice(0, 16)}`;
}

function readLink(path: string): Link | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return { text, record: parseLease(text) };
}

/** A file that is no lease (emptied by a full disk, edited by hand) belongs to nobody: it reads as a dead holder. */
function parseLease(text: string): LeaseRecord {
  const nobody: LeaseRecord = { token: '', pid: 0, startTime: 0, bootId: null, host: hostname(), since: '' };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return nobody;
    const { pid, host } = value as Partial<LeaseRecord>;
    return Number.isSafeInteger(pid) && pid! > 0 && typeof host === 'string' ? { ...nobody, ...value } : nobody;
  } catch {
    return nobody;
  }
}

function createWhole(path: string, lease: LeaseRecord): boolean {
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

function replaceWhole(path: string, lease: LeaseRecord): void {
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

function isSameProcess(a: LeaseRecord, b: LeaseRecord): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId && a.host === b.host;
}
