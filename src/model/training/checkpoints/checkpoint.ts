// What a checkpoint is: everything that a run continues from, in one safetensors file. That is the weights, the Adam moments, the running
// statistics, and the step; every random stream is named by seed and step, so the step is all that it needs of them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../experiment/user-error.ts';
import { adviseOnSystemError, describeSystemError, isSystemError } from '../../../results/errors.ts';
import { checkpointsFolder, stepOfCheckpoint } from '../../../results/paths.ts';
import type { Trainer } from '../trainer.ts';

export const FORMAT = '1';

export interface SavedPosition {
  step: number;
  seconds: number;
}

export interface CheckpointFile {
  path: string;
  step: number;
}

export interface StoredTensor {
  shape: readonly number[];
  /** A copy on the host, for the caller to keep. */
  read: () => Promise<Float32Array>;
}

/** All tensors of a checkpoint, by name, as the trainer holds them now. */
export function listTensors(trainer: Trainer): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name: network, parameters } of trainer.networks) {
    for (const [name, shape] of parameters.stored) {
      tensors.set(`${network}.${name}`, { shape, read: () => parameters.read(name) });
    }
  }
  for (const { name: network, state } of trainer.networks) {
    for (const [name, tensor] of state) {
      tensors.set(`${network}.${name}`, { shape: tensor.shape, read: () => trainer.k.read(tensor) });
    }
  }
  return tensors;
}

/** Newest first; none where the folder does not exist. Throws a UserError where it cannot be read. */
export function listCheckpoints(folder: string): CheckpointFile[] {
  const files = checkpointsFolder(folder);
  let names: string[];
  try {
    names = readdirSync(files);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw asReadFailure(files, error);
  }
  return names
    .map((name) => ({ path: join(files, name), step: stepOfCheckpoint(name) }))
    .filter((file): file is CheckpointFile => file.step !== null)
    .sort((a, b) => b.step - a.step);
}

/** What the system refuses, as a UserError with one line for a person; any other error as it is. */
export function asReadFailure(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const advice = adviseOnSystemError(error) ?? 'Mend that';
  return new UserError(`${path}: cannot be read: ${describeSystemError(error)}. Nothing was changed. ${advice}, then start again.`, {
    cause: error,
  });
}
