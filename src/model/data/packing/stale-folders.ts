// The folder in which a packer works, and the removal of those whose packer is dead.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readLiveLease } from '../../../results/leases/lease.ts';
import type { LeaseRecord } from '../../../results/records.ts';

/** Beside the packed folder: who packs it now. */
export const leaseFileOf = (folder: string): string => `${folder}.lease.json`;
/** Beside the packed folder, so that a rename finishes it; named after the lease, so that it has one owner. */
export const temporaryFolderOf = (folder: string, lease: LeaseRecord): string => `${folder}.${lease.token}.tmp`;

/**
 * Removes the folders that interrupted packers of any data set left in this one. Files stay: one with such a name is a lease that another
 * process is writing at this moment.
 */
export function removeStaleFolders(dataFolder: string): void {
  for (const entry of readdirSync(dataFolder, { withFileTypes: true })) {
    const [, name, token] = /^(.+)\.([0-9a-f]+)\.tmp$/.exec(entry.name) ?? [];
    if (!entry.isDirectory() || !name || readLiveLease(leaseFileOf(join(dataFolder, name)))?.token === token) continue;
    rmSync(join(dataFolder, entry.name), { recursive: true, force: true });
  }
}
