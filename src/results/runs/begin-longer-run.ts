// The folder of a run that goes on where the same training with fewer epochs has ended.

import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { writing } from '../errors.ts';
import { syncFolder, writeFileAtomic } from '../files/write.ts';
import {
  checkpointsFolder,
  engineFile,
  evaluationsFile,
  metricsFile,
  patchFile,
  sampleGridFile,
  sampleImageFile,
  stepOfCheckpoint,
} from '../paths.ts';
import { readRun } from '../read.ts';
import type { RunRecord } from '../records.ts';
import { listSamples } from '../samples.ts';
import { writeRunRecord } from '../write-run.ts';

export interface LongerRun {
  id: string;
  axes: Record<string, string>;
  config: RunConfig;
}

/**
 * Makes the folder of the longer run from that of the shorter one: its checkpoints, metrics, evaluations, sample grids, engine and record.
 * The shorter run stays as it is: checkpoints are shared by hard links where the disk has them, and nobody writes into one. The new folder
 * is there whole or not at all. Does nothing where it is there already, or where the shorter run has no record or no checkpoint: the longer
 * one then begins at its first step. Throws a WriteFailure.
 */
export function beginLongerRun(shorterFolder: string, folder: string, { id, axes, config }: LongerRun): void {
  const { record } = readRun(shorterFolder);
  const steps = listCheckpointNames(shorterFolder).map((name) => stepOfCheckpoint(name)!);
  if (record === null || steps.length === 0 || existsSync(folder)) return;
  const temporary = join(dirname(folder), `.${id}.tmp`);
  writing(folder, () => {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    copyState(shorterFolder, temporary, record);
    const longer: RunRecord = { ...record, id, axes, config, continues: { id: basename(shorterFolder), step: Math.max(...steps) } };
    writeRunRecord(temporary, longer);
    renameSync(temporary, folder);
    syncFolder(dirname(folder));
  });
}

function copyState(from: string, to: string, { provenance, resumptions = [] }: RunRecord): void {
  const patches = [provenance, ...resumptions].flatMap(({ git }) => git?.patch ?? []);
  const whole = [metricsFile, evaluationsFile, engineFile, ...patches.map((name) => (folder: string) => patchFile(folder, basename(name)))];
  const samples = listSamples(from).flatMap(({ epoch }) =>
    [sampleImageFile, sampleGridFile].map((fileOf) => (folder: string) => fileOf(folder, epoch)),
  );
  for (const fileOf of [...whole, ...samples]) if (existsSync(fileOf(from))) writeFileAtomic(fileOf(to), readFileSync(fileOf(from)));
  mkdirSync(checkpointsFolder(to));
  for (const name of listCheckpointNames(from)) share(join(checkpointsFolder(from), name), join(checkpointsFolder(to), name));
  syncFolder(checkpointsFolder(to));
}

/** Checkpoints are replaced or removed, never written into. */
function share(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    if (existsSync(from)) copyFileSync(from, to); // a disk without hard links; gone: thinned out meanwhile, which leaves the newest
  }
}

/** Whether the run has a checkpoint that a longer one can go on from. */
export const hasCheckpoint = (folder: string): boolean => listCheckpointNames(folder).length > 0;

function listCheckpointNames(folder: string): string[] {
  try {
    return readdirSync(checkpointsFolder(folder)).filter((name) => stepOfCheckpoint(name) !== null);
  } catch {
    return []; // none was written
  }
}
