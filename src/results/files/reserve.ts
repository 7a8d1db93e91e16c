// Room that is kept on the disk while a run goes on, so that its failure can be written down on a full disk.

import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { reserveFile } from '../paths.ts';

/** An outcome and its temporary file take two blocks; others that wait for room take from what is freed as well. */
const RESERVE_BYTES = 64 * 1024;

/** Takes the room. Where the disk is full already there is none, and nothing is said: what is written next will say so. */
export function keepReserve(folder: string): void {
  try {
    writeFileSync(reserveFile(folder), randomBytes(RESERVE_BYTES)); // random: some file systems store no zeros
  } catch {
    freeReserve(folder);
  }
}

/** Gives the room back. Does nothing where there is none. */
export function freeReserve(folder: string): void {
  try {
    rmSync(reserveFile(folder), { force: true });
  } catch {
    // a read-only folder: the write that follows says so
  }
}
