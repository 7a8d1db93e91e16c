// The folder of a run that an equal run of another experiment has trained already.

import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writing } from '../errors.ts';
import { syncFolder } from '../files/write.ts';
import { checkpointsFolder, leaseFile, noteFile, reserveFile, runFile, runStopFile, stepOfCheckpoint } from '../paths.ts';
import { readRun } from '../read.ts';
import type { OutcomeRecord, RunRecord } from '../records.ts';
import { writeOutcome, writeRunRecord } from '../write-run.ts';

export interface ReusedAs {
  experiment: string;
  id: string;
  axes: Record<string, string>;
}

/**
 * Makes the folder of a run from that of an equal one that has succeeded. Nothing that is done to one of them later changes the other:
 * checkpoints, which nobody writes into, are shared by hard links where the disk has them, and all else is copied, but for the note of a person. The
 * new folder is there whole or not at all. Returns false, and makes nothing, where the other has not succeeded or is gone, or where the folder is
 * there already. Throws a WriteFailure.
 */
export function reuseRun(from: string, folder: string, { experiment, id, axes }: ReusedAs): boolean {
  const { record, outcome } = readRun(from);
  if (record === null || outcome?.status !== 'succeeded' || existsSync(folder)) return false;
  const temporary = join(dirname(folder), `.${id}.tmp`);
  const source = { experiment: basename(dirname(from)), id: basename(from) };
  const reused: RunRecord['reused'] = { ...source, at: new Date().toISOString() };
  return writing(folder, () => {
    rmSync(temporary, { recursive: true, force: true });
    try {
      copyTree(from, temporary, NOT_COPIED);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      if (existsSync(runFile(from))) throw error;
      return false; // it has been removed meanwhile
    }
    writeRunRecord(temporary, { ...record, experiment, id, axes, reused });
    writeOutcome(temporary, rename(outcome, source, { experiment, id }));
    renameSync(temporary, folder);
    syncFolder(dirname(folder));
    return true;
  });
}

/** What belongs to the process at work in a folder, or to a person. */
const NOT_COPIED = new Set([leaseFile, runStopFile, noteFile, reserveFile].map((fileOf) => basename(fileOf(''))));

/** Plain files and folders; no links, and nothing half-written. */
function copyTree(from: string, to: string, leftOut: ReadonlySet<string>): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (leftOut.has(name) || name.endsWith('.tmp') || name.includes('.json.after-')) continue;
    if (entry.isDirectory()) copyTree(join(from, name), join(to, name), NOTHING);
    else if (entry.isFile()) (isCheckpoint(from, name) ? share : copy)(join(from, name), join(to, name));
  }
  syncFolder(to);
}

const NOTHING: ReadonlySet<string> = new Set();

const isCheckpoint = (folder: string, name: string): boolean =>
  basename(folder) === basename(checkpointsFolder('')) && stepOfCheckpoint(name) !== null;

/** Checkpoints are replaced or removed, never written into. */
function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copy(from, to); // a disk without hard links
  }
}

function copy(from: string, to: string): void {
  copyFileSync(from, to);
  const file = openSync(to, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A note may name a command about the run. */
function rename(outcome: OutcomeRecord, from: { experiment: string; id: string }, to: { experiment: string; id: string }): OutcomeRecord {
  const nameOf = ({ experiment, id }: typeof from) => `${experiment}/${id}`;
  return outcome.note === undefined ? outcome : { ...outcome, note: outcome.note.replaceAll(nameOf(from), nameOf(to)) };
}
