// Room: model/training/checkpoints. Everything a run continues from, in one safetensors file: weights, Adam moments, running
// statistics, and the step. Every random stream is named by seed and step, so the step is all that it needs of them.

import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../experiment/user-error.ts';
import { adviseOnSystemError, asWriteFailure, describeSystemError, isSystemError, writing } from '../../../results/errors.ts';
import { readEvaluations } from '../../../results/evaluations-file.ts';
import { removeTemporaryFiles } from '../../../results/files/write.ts';
import { checkpointFile, checkpointsFolder } from '../../../results/paths.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { type Network, type RunningStatistics, replaceStatistics } from '../../networks/network.ts';
import type { Trainer } from '../trainer.ts';
import { type CheckpointFile, removableCheckpoints } from './kept-checkpoints.ts';
import { beginLargeFile } from './large-file.ts';
import { DamagedFile, openSafetensors, type SafetensorsFile, safetensorsHead } from './safetensors.ts';

const FORMAT = '1';

export interface SavedPosition {
  step: number;
  seconds: number;
}

/** What a checkpoint will hold. */
export interface Snapshot {
  position: SavedPosition;
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

interface StoredTensor {
  shape: readonly number[];
  /** A copy on the host, for the reader to keep. */
  read: () => Promise<Float32Array>;
}

/** The state of both networks as it is when the snapshot is written: no step may come before that. */
export function takeSnapshot(trainer: Trainer, position: SavedPosition, conditions: readonly string[]): Snapshot {
  const metadata = {
    format: FORMAT,
    step: String(position.step),
    seconds: String(position.seconds),
    network: describeNetwork(trainer),
    conditions: JSON.stringify(conditions),
  };
  return { position, tensors: listTensors(trainer), metadata };
}

/**
 * Writes `checkpoints/<step>.safetensors` atomically, then removes all but the `keep` newest and the best. Returns once
 * every tensor is read, so that training can go on; `written` says when the file is on disk.
 */
export async function beginSnapshot(
  { position, tensors, metadata }: Snapshot,
  { folder, keep }: { folder: string; keep: number },
): Promise<{ written: Promise<void> }> {
  const file = beginLargeFile(checkpointFile(folder, position.step), { ...safetensorsHead(tensors, metadata), parts: tensors.size });
  try {
    for (const { read } of tensors.values()) file.append(bytesOf(await read()));
  } catch (error) {
    file.abandon();
    throw error;
  }
  return { written: file.written.then(() => removeOldCheckpoints(folder, { keep, step: position.step })) };
}

/** The same, waiting until it is on disk. */
export async function writeSnapshot(snapshot: Snapshot, to: { folder: string; keep: number }): Promise<void> {
  const { written } = await beginSnapshot(snapshot, to);
  await written;
}

async function removeOldCheckpoints(folder: string, { keep, step }: { keep: number; step: number }): Promise<void> {
  const evaluations = readEvaluations(folder).records;
  for (const { path } of removableCheckpoints(listCheckpoints(folder), { evaluations, keep, step })) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw asWriteFailure(path, error);
    });
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/**
 * Loads the newest checkpoint that is whole. Undefined where no checkpoint was ever written. A damaged one is reported to `onDamaged` and
 * left where it is, and the one before is tried. Throws a UserError where a checkpoint cannot be read, or where there are checkpoints and
 * all are damaged: nothing may be trained again, or cut, because of that.
 */
export function restoreCheckpoint(trainer: Trainer, folder: string, onDamaged: (message: string) => void): SavedPosition | undefined {
  writing(checkpointsFolder(folder), () => removeTemporaryFiles(checkpointsFolder(folder)));
  return loadNewestCheckpoint(
    folder,
    (file, step) => {
      requireFormat(file, trainer);
      file.verify();
      takeOver(file, trainer);
      return { step, seconds: Number(file.metadata.seconds) };
    },
    onDamaged,
  );
}

/** What `load` makes of the newest checkpoint for which it does not throw a DamagedFile. Otherwise as restoreCheckpoint. */
export function loadNewestCheckpoint<T>(
  folder: string,
  load: (file: SafetensorsFile, step: number) => T,
  onDamaged: (message: string) => void,
): T | undefined {
  const checkpoints = listCheckpoints(folder);
  for (const { path, step } of checkpoints) {
    try {
      const file = openSafetensors(path);
      try {
        return load(file, step);
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw asReadFailure(path, error);
      onDamaged(`Checkpoint ${error.message}${path === checkpoints.at(-1)!.path ? '.' : '; trying the one before.'}`);
    }
  }
  if (checkpoints.length === 0) return undefined;
  throw new UserError(describeDamage(checkpointsFolder(folder), checkpoints.length));
}

function describeDamage(files: string, count: number): string {
  const found = count === 1 ? 'the only checkpoint is damaged' : `all ${count} checkpoints are damaged`;
  return `${files}: ${found}, so the run cannot go on. Nothing was changed. Put a whole checkpoint there, or delete that folder to train the run from its first step.`;
}

function asReadFailure(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const advice = adviseOnSystemError(error) ?? 'Mend that';
  return new UserError(`${path}: cannot be read: ${describeSystemError(error)}. Nothing was changed. ${advice}, then start again.`, {
    cause: error,
  });
}

/** Before anything is taken over: a checkpoint that does not fit must not leave half of it behind. */
function requireFormat({ path, metadata, shapes }: SafetensorsFile, trainer: Trainer): void {
  if (metadata.format !== FORMAT) throw new DamagedFile(path, `has format ${metadata.format}, expected ${FORMAT}`);
  if (metadata.network !== describeNetwork(trainer)) throw new DamagedFile(path, 'belongs to a network of another shape');
  for (const [name, { shape }] of listTensors(trainer)) {
    const found = shapes.get(name);
    if (!found) throw new DamagedFile(path, `lacks ${name}`);
    if (found.join() !== shape.join()) throw new DamagedFile(path, `holds ${name} as [${found}], expected [${shape}]`);
  }
}

/** One network after the other: a checkpoint may be larger than what is free. */
function takeOver(file: SafetensorsFile, { k, networks }: Trainer): void {
  for (const network of networks) {
    network.parameters.import(readParameters(file, network));
    replaceStatistics(k, network, readStatistics(file, network, k));
  }
}

/** Everything that a run continues from but the step. */
function listTensors(trainer: Trainer): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name: network, parameters } of trainer.networks) {
    for (const { name, shape, inert } of parameters.specs) {
      for (const suffix of inert ? [''] : ['', '.adam_m', '.adam_v']) {
        tensors.set(`${network}.${name}${suffix}`, { shape, read: () => parameters.read(`${name}${suffix}`) });
      }
    }
  }
  for (const { name: network, statistics } of trainer.networks) {
    for (const [name, { mean, variance }] of statistics) {
      tensors.set(`${network}.${name}.running_mean`, { shape: mean.shape, read: () => trainer.k.read(mean) });
      tensors.set(`${network}.${name}.running_variance`, { shape: variance.shape, read: () => trainer.k.read(variance) });
    }
  }
  return tensors;
}

/** The shape as JSON, its fields in one order. */
function describeNetwork({ shape: { latentSize, conditions, width, imageSize } }: Trainer): string {
  return JSON.stringify({ latentSize, conditions, width, imageSize });
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
    .filter((name) => /^\d+\.safetensors$/.test(name))
    .map((name) => ({ path: join(files, name), step: Number.parseInt(name, 10) }))
    .sort((a, b) => b.step - a.step);
}

function readStatistics(file: SafetensorsFile, { name: network, statistics }: Network, k: Kernels): RunningStatistics {
  const upload = (name: string) => k.tensorFloat32(file.read(name), file.shapes.get(name)!);
  return new Map(
    [...statistics.keys()].map((norm) => [
      norm,
      { mean: upload(`${network}.${norm}.running_mean`), variance: upload(`${network}.${norm}.running_variance`) },
    ]),
  );
}

/** The values and moments of one network, without the network's name in front. */
function readParameters(file: SafetensorsFile, { name: network }: Network): Map<string, Float32Array> {
  const prefix = `${network}.`;
  const names = [...file.shapes.keys()].filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name.slice(prefix.length), file.read(name)]));
}
