// Room: model/training/checkpoints. Everything a run continues from, in one safetensors file: weights, Adam moments, running
// statistics, and the step. Every random stream is named by seed and step, so the step is all that it needs of them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asWriteFailure } from '../../../results/errors.ts';
import { removeTemporaryFiles } from '../../../results/files/write.ts';
import { checkpointFile, checkpointsFolder } from '../../../results/paths.ts';
import { readEvaluations } from '../../../results/read-evaluations.ts';
import type { RunningStatistics } from '../../networks/generator.ts';
import type { Trainer } from '../trainer.ts';
import { type CheckpointFile, removableCheckpoints } from './kept-checkpoints.ts';
import { beginLargeFile } from './large-file.ts';
import { decodeSafetensors, type NamedTensor, safetensorsHead } from './safetensors.ts';

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
 * Loads the newest checkpoint that is whole. A damaged one is reported to `onDamaged` and left where it is; the one before
 * is tried. Returns undefined where there is none.
 */
export function restoreCheckpoint(trainer: Trainer, folder: string, onDamaged: (message: string) => void): SavedPosition | undefined {
  removeTemporaryFiles(checkpointsFolder(folder));
  for (const { path, step } of listCheckpoints(folder)) {
    try {
      const { tensors, metadata } = decodeSafetensors(readFileSync(path));
      if (metadata.format !== FORMAT) throw new Error(`has format ${metadata.format}, expected ${FORMAT}`);
      if (metadata.network !== describeNetwork(trainer)) throw new Error('belongs to a network of another shape');
      requireWhole(tensors, trainer);
      trainer.generator.import(valuesOf(tensors, 'generator'));
      trainer.discriminator.import(valuesOf(tensors, 'discriminator'));
      trainer.generatorStatistics = readStatistics(tensors, { network: 'generator', trainer, statistics: trainer.generatorStatistics });
      trainer.discriminatorStatistics = readStatistics(tensors, {
        network: 'discriminator',
        trainer,
        statistics: trainer.discriminatorStatistics,
      });
      return { step, seconds: Number(metadata.seconds) };
    } catch (error) {
      onDamaged(`Checkpoint ${path} ${(error as Error).message}; trying the one before.`);
    }
  }
  return undefined;
}

/** Before anything is taken over: a checkpoint that lacks a tensor must not leave half of it behind. */
function requireWhole(tensors: ReadonlyMap<string, NamedTensor>, trainer: Trainer): void {
  for (const [name, { shape }] of listTensors(trainer)) {
    const found = tensors.get(name);
    if (!found) throw new Error(`lacks ${name}`);
    if (found.shape.join() !== shape.join()) throw new Error(`holds ${name} as [${found.shape}], expected [${shape}]`);
  }
}

/** Everything that a run continues from but the step. */
function listTensors(trainer: Trainer): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const network of ['generator', 'discriminator'] as const) {
    const parameters = trainer[network];
    for (const { name, shape, inert } of parameters.specs) {
      for (const suffix of inert ? [''] : ['', '.adam_m', '.adam_v']) {
        tensors.set(`${network}.${name}${suffix}`, { shape, read: () => parameters.read(`${name}${suffix}`) });
      }
    }
  }
  for (const network of ['generator', 'discriminator'] as const) {
    for (const [name, { mean, variance }] of trainer[`${network}Statistics`]) {
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

/** Newest first. */
export function listCheckpoints(folder: string): CheckpointFile[] {
  const files = checkpointsFolder(folder);
  if (!existsSync(files)) return [];
  return readdirSync(files)
    .filter((name) => /^\d+\.safetensors$/.test(name))
    .map((name) => ({ path: join(files, name), step: Number.parseInt(name, 10) }))
    .sort((a, b) => b.step - a.step);
}

interface StatisticsOf {
  network: string;
  trainer: Trainer;
  statistics: RunningStatistics;
}

function readStatistics(tensors: ReadonlyMap<string, NamedTensor>, { network, trainer, statistics }: StatisticsOf): RunningStatistics {
  const upload = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`lacks ${name}`);
    return trainer.k.keep(trainer.k.tensorFloat32(tensor.values, tensor.shape));
  };
  const restored: RunningStatistics = new Map();
  for (const [name, old] of statistics) {
    const mean = upload(`${network}.${name}.running_mean`);
    const variance = upload(`${network}.${name}.running_variance`);
    trainer.k.free(old.mean, old.variance);
    restored.set(name, { mean, variance });
  }
  return restored;
}

function valuesOf(tensors: ReadonlyMap<string, NamedTensor>, network: string): Map<string, Float32Array> {
  const prefix = `${network}.`;
  return new Map([...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, { values }]) => [name.slice(prefix.length), values]));
}
