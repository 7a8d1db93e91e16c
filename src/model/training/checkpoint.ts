// Room: model/training. Everything a run continues from, in one safetensors file: weights, Adam moments, running
// statistics, and the step. Every random stream is named by seed and step, so the step is all that it needs of them.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointFile, checkpointsFolder } from '../../results/paths.ts';
import { readEvaluations } from '../../results/read-evaluations.ts';
import { removeTemporaryFiles, writeLargeFileAtomic } from '../../results/write.ts';
import type { Parameters } from '../kernels/kernels.ts';
import type { RunningStatistics } from '../networks/generator.ts';
import { type CheckpointFile, removableCheckpoints } from './kept-checkpoints.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.ts';
import type { Trainer } from './trainer.ts';

const FORMAT = '1';

export interface SavedPosition {
  step: number;
  seconds: number;
}

/** A checkpoint in memory. */
export interface Snapshot {
  position: SavedPosition;
  tensors: Map<string, NamedTensor>;
  metadata: Record<string, string>;
}

/** Copies the state of both networks to the host, so that training can go on while it is written. */
export async function takeSnapshot(trainer: Trainer, position: SavedPosition, conditions: readonly string[]): Promise<Snapshot> {
  const tensors = new Map<string, NamedTensor>();
  await addParameters(tensors, 'generator', trainer.generator);
  await addParameters(tensors, 'discriminator', trainer.discriminator);
  await addStatistics(tensors, { network: 'generator', trainer, statistics: trainer.generatorStatistics });
  await addStatistics(tensors, { network: 'discriminator', trainer, statistics: trainer.discriminatorStatistics });
  const metadata = {
    format: FORMAT,
    step: String(position.step),
    seconds: String(position.seconds),
    network: describeNetwork(trainer),
    conditions: JSON.stringify(conditions),
  };
  return { position, tensors, metadata };
}

/** Writes `checkpoints/<step>.safetensors` atomically, then removes all but the `keep` newest and the best. The thread stays free. */
export async function writeSnapshot(
  { position, tensors, metadata }: Snapshot,
  { folder, keep }: { folder: string; keep: number },
): Promise<void> {
  await writeLargeFileAtomic(checkpointFile(folder, position.step), await encodeSafetensors(tensors, metadata));
  const evaluations = readEvaluations(folder).records;
  for (const { path } of removableCheckpoints(listCheckpoints(folder), { evaluations, keep, step: position.step })) {
    rmSync(path, { force: true });
  }
}

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
  for (const network of ['generator', 'discriminator'] as const) {
    const needed = new Map<string, readonly number[]>();
    for (const { name, shape, inert } of trainer[network].specs) {
      for (const suffix of inert ? [''] : ['', '.adam_m', '.adam_v']) needed.set(`${network}.${name}${suffix}`, shape);
    }
    for (const [name, { mean }] of trainer[`${network}Statistics`]) {
      for (const suffix of ['running_mean', 'running_variance']) needed.set(`${network}.${name}.${suffix}`, mean.shape);
    }
    for (const [name, shape] of needed) {
      const found = tensors.get(name);
      if (!found) throw new Error(`lacks ${name}`);
      if (found.shape.join() !== shape.join()) throw new Error(`holds ${name} as [${found.shape}], expected [${shape}]`);
    }
  }
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

async function addParameters(tensors: Map<string, NamedTensor>, network: string, parameters: Parameters): Promise<void> {
  const shapes = new Map(parameters.specs.map(({ name, shape }) => [name, shape]));
  for (const [name, values] of await parameters.export()) {
    tensors.set(`${network}.${name}`, { values, shape: shapes.get(name.replace(/\.adam_[mv]$/, ''))! });
  }
}

interface StatisticsOf {
  network: string;
  trainer: Trainer;
  statistics: RunningStatistics;
}

async function addStatistics(tensors: Map<string, NamedTensor>, { network, trainer, statistics }: StatisticsOf): Promise<void> {
  for (const [name, { mean, variance }] of statistics) {
    tensors.set(`${network}.${name}.running_mean`, { values: await trainer.k.read(mean), shape: mean.shape });
    tensors.set(`${network}.${name}.running_variance`, { values: await trainer.k.read(variance), shape: variance.shape });
  }
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
