// The program that trains a run: that of `trainer` in its experiment file, or the one that all runs have.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { defaultCacheRoot, formerFolderOf, packedFolder } from '../../machine/cache-root.ts';
import { readRunRecord } from '../../results/read.ts';
import type { Provenance, RunRecord } from '../../results/records.ts';

interface Program {
  /** The words that start it, the run's folder last. */
  words: string[];
  /** undefined: the working directory of this process. */
  cwd: string | undefined;
  /** Added to its environment. */
  environment: Record<string, string>;
}

export function findProgram(folder: string, common: string): Program {
  const { value } = readRunRecord(folder);
  const command = value?.config.trainer?.command;
  if (value === null || command === undefined) return { words: [...withNode([common]), folder], cwd: undefined, environment: {} };
  const cwd = findExperimentFolder(value.resumptions?.at(-1) ?? value.provenance);
  const environment: Record<string, string> = value.config.trainer?.data === 'packed' ? { FACET_DATA: findData(value) } : {};
  return { words: [...withNode(command), resolve(folder)], cwd: existsSync(cwd) ? cwd : undefined, environment };
}

/** The packed pictures that the run began with. */
function findData({ config, dataIdentity, data }: RunRecord): string {
  const folder = packedFolder(defaultCacheRoot(), config.dataset.source, dataIdentity);
  const former = data && formerFolderOf(folder, data.pixelsSha256);
  return former && existsSync(former) ? former : folder;
}

/** As provenance tells it: the command, and the SHA-256 of its first word that is a file beside the experiment file. */
export function describeOwnTrainer(trainer: NonNullable<RunConfig['trainer']>, provenance: Origin): NonNullable<Provenance['trainer']> {
  const folder = findExperimentFolder(provenance);
  const file = trainer.command.map((word) => resolve(folder, word)).find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  return { program: trainer.command.join(' '), sha256: file === undefined ? null : hash(file) };
}

type Origin = Pick<Provenance, 'experimentFile' | 'workingDirectory'>;

function findExperimentFolder({ experimentFile, workingDirectory = '' }: Origin): string {
  return dirname(resolve(workingDirectory, experimentFile));
}

function withNode(command: readonly string[]): string[] {
  return /\.[cm]?js$/.test(command[0]!) ? [process.execPath, ...command] : [...command];
}

function hash(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return null;
  }
}
