// What lies in the cache, whether a process uses it, and how it is removed so that nobody finds a half of it.

import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isInUse } from '../../../scripts/bundle-users.js';
import { measureFolder } from '../../machine/disk.ts';
import { readInstallation } from '../../machine/installation.ts';
import { leaseFileOf } from '../../model/data/packing/manifest.ts';
import { oracleLeaseFile, oracleProgressFile } from '../../model/evaluation/oracle/store.ts';
import { writing } from '../../results/errors.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import type { LeaseRecord } from '../../results/records.ts';
import type { Removal } from '../../results/remove/removal.ts';
import { holding } from '../../results/remove/remove-run.ts';
import type { CachePart } from './cache-parts.ts';

export interface CacheEntry extends Removal {
  part: CachePart;
  /** By what a run refers to it: the identity of data or of an oracle; null: no run does. */
  identity: string | null;
  /** Why it stays; null: no process is known to use it. */
  inUse: string | null;
}

/** Of the parts that are named. `openFiles`: path -> the process that has it open. */
export function listCacheEntries(root: string, parts: readonly CachePart[], openFiles: ReadonlyMap<string, number>): CacheEntry[] {
  return [
    ...(parts.includes('data') ? listNames(join(root, 'data')).flatMap((name) => describePack(join(root, 'data', name), openFiles)) : []),
    ...(parts.includes('oracles') ? listNames(join(root, 'oracles')).flatMap((name) => describeOracle(join(root, 'oracles', name))) : []),
    ...(parts.includes('bundles') ? listNames(join(root, 'builds')).flatMap((name) => describeBundle(join(root, 'builds', name))) : []),
    ...(parts.includes('tensorflow')
      ? listNames(join(root, 'tensorflow')).flatMap((name) => describeLibrary(join(root, 'tensorflow', name), openFiles))
      : []),
  ];
}

/** A packed data set, or what a packer that was killed has left of one. */
function describePack(path: string, openFiles: ReadonlyMap<string, number>): CacheEntry[] {
  if (!isFolder(path)) return [];
  const name = basename(path);
  const whole = join(dirname(path), name.split('.')[0]!);
  const lease = leaseFileOf(whole);
  const packer = readLiveLease(lease);
  return [
    {
      ...describe('data', path),
      kind: 'packed data set',
      what: name.endsWith('.tmp') ? 'left by a packer' : 'packed data',
      identity: name.endsWith('.tmp') ? null : basename(whole),
      inUse: packer ? `process ${packer.pid} packs it` : findUser(path, openFiles),
      remove: () => holding([lease], () => removeWhole(path)),
    },
  ];
}

function describeOracle(path: string): CacheEntry[] {
  const name = basename(path);
  if (isFolder(path) || name.endsWith('.json')) return []; // leases and progress go with the oracle
  const key = name.split('.')[0]!;
  const whole = join(dirname(path), `${key}.safetensors`);
  const lease = oracleLeaseFile(whole);
  const maker = readLiveLease(lease);
  return [
    {
      ...describe('oracles', path),
      kind: 'oracle',
      what: path === whole ? 'an oracle' : 'left by a maker of oracles',
      identity: path === whole ? key : null,
      inUse: maker ? `process ${maker.pid} trains it` : null,
      remove: () =>
        holding([lease], () => {
          for (const file of [path, oracleProgressFile(whole)]) writing(file, () => rmSync(file, { force: true }));
        }),
    },
  ];
}

function describeBundle(path: string): CacheEntry[] {
  if (!isFolder(path)) return [];
  const isYoung = Date.now() - statSync(path).mtimeMs < YOUNG_MS; // a command that starts now may be about to use it
  return [
    {
      ...describe('bundles', path),
      kind: 'bundle',
      what: 'bundles of code',
      inUse: isInUse(path) ? 'a process runs from it' : isYoung ? 'it was used within the hour' : null,
      remove() {
        if (!isInUse(path)) removeWhole(path);
        return null;
      },
    },
  ];
}

/** Who starts from bundles renews the time of their folder. */
const YOUNG_MS = 3600_000;

/** An unpacked library of TensorFlow. Which other checkouts were set up with it, nobody can tell. */
function describeLibrary(path: string, openFiles: ReadonlyMap<string, number>): CacheEntry[] {
  if (!isFolder(path) || NO_LIBRARY.has(basename(path))) return [];
  const own = readInstallation().installation?.cacheFolder;
  return [
    {
      ...describe('tensorflow', path),
      kind: 'library',
      kinds: 'libraries',
      what: 'TensorFlow; a checkout that was set up with it needs the set-up again',
      inUse: own !== undefined && basename(own) === basename(path) ? 'this Facet is set up with it' : findUser(path, openFiles),
      remove() {
        removeWhole(path);
        return null;
      },
    },
  ];
}

const NO_LIBRARY = new Set(['addons', 'lock', 'packages']);

function describe(part: CachePart, path: string) {
  return {
    part,
    path,
    experiment: null,
    name: `${part}/${basename(path)}`,
    count: 1,
    bytes: isFolder(path) ? measureFolder(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    identity: null,
    whoHolds: async (): Promise<LeaseRecord | null> => null,
  };
}

function findUser(path: string, openFiles: ReadonlyMap<string, number>): string | null {
  for (const [file, pid] of openFiles) if (file.startsWith(`${path}/`)) return `process ${pid} reads it`;
  return null;
}

/** A packer removes what is left of it, should this process be killed. */
function removeWhole(path: string): void {
  if (!existsSync(path)) return;
  const temporary = path.endsWith('.tmp') ? path : `${path}.${randomBytes(8).toString('hex')}.tmp`;
  writing(path, () => {
    if (temporary !== path) renameSync(path, temporary);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  });
}

const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // nothing was kept there yet
  }
}
