// The generator of a run, from its checkpoints alone.

import type { Kernels, Tensor } from '../kernels/kernels.ts';
import { averageOf } from '../kernels/stored.ts';
import { generatorNorms, generatorSpecs } from '../networks/generator.ts';
import type { NetworkShape } from '../networks/shape.ts';
import { DamagedFile, openSafetensors, type SafetensorsFile } from '../training/checkpoints/safetensors.ts';
import { findCheckpoint, type WhichCheckpoint } from './find-checkpoint.ts';
import { createGenerator, type Generator } from './generator.ts';

export interface LoadedGenerator extends Generator {
  /** Of the checkpoint. */
  readonly step: number;
  /** Frees the weights. */
  free(): void;
}

/**
 * Loads the best checkpoint by its evaluation (the newest where none was evaluated), or the one that is named. Reads weights and running
 * statistics of the generator, or their averages where it keeps them, and nothing else, which is about a seventh of the file, so its
 * SHA-256 is not checked. Throws a UserError where the run has no such checkpoint, a DamagedFile where it is cut short or lacks something.
 */
export function loadGenerator(
  runFolder: string,
  { k, checkpoint = 'best' }: { k: Kernels; checkpoint?: WhichCheckpoint },
): LoadedGenerator {
  const { path, step } = findCheckpoint(runFolder, checkpoint);
  const file = openSafetensors(path);
  try {
    return readGenerator(file, { k, step });
  } finally {
    file.close();
  }
}

function readGenerator(file: SafetensorsFile, { k, step }: { k: Kernels; step: number }): LoadedGenerator {
  const shape = parseMetadata<NetworkShape>(file, 'network');
  const conditions = parseMetadata<string[]>(file, 'conditions');
  const kept: Tensor[] = [];
  const upload = (name: string, put: Kernels['tensor']) => {
    const average = `generator.${averageOf(name)}`;
    const stored = file.shapes.has(average) ? average : `generator.${name}`;
    const tensor = k.keep(put(file.read(stored), file.shapes.get(stored)!));
    kept.push(tensor);
    return tensor;
  };
  const specs = generatorSpecs(shape).filter(({ inert }) => !inert);
  const weights = new Map(specs.map(({ name, isFloat32 }) => [name, upload(name, isFloat32 ? k.tensorFloat32 : k.tensor)]));
  const statistics = generatorNorms(shape).flatMap((norm) => [`${norm}.running_mean`, `${norm}.running_variance`]);
  const state = new Map(statistics.map((name) => [name, upload(name, k.tensorFloat32)]));
  const get = (name: string) => weights.get(name)!;
  return {
    ...createGenerator(k, {
      shape,
      conditions,
      network: { parameters: { get }, state, isAverage: file.shapes.has(`generator.${averageOf('image.weight')}`) },
    }),
    step,
    free: () => k.free(...kept),
  };
}

function parseMetadata<T>({ path, metadata }: SafetensorsFile, name: string): T {
  try {
    return JSON.parse(metadata[name]!) as T;
  } catch (error) {
    throw new DamagedFile(path, `has no ${name} in its metadata`, { cause: error });
  }
}
