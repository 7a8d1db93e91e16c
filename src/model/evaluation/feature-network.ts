// A network of the user's in whose features pictures are compared: a tfjs graph model, run by tfjs: on the run's backend, or on WebAssembly where
// that is WebGPU.

import type { GraphModel } from '@tensorflow/tfjs-converter';
import type * as tfjs from '@tensorflow/tfjs-core';
import { firstLineOf } from '../../results/errors.ts';
import { useTfjs } from '../kernels/load-backend.ts';
import { readGraphModel, refuse } from './graph-model-files.ts';

export interface FeatureNetwork {
  /** Values a picture. */
  readonly size: number;
  /** pixels [count, S, S, 3] in [-1, 1], S of the run -> [count, size] */
  readFeatures(pixels: Float32Array): Promise<Float32Array>;
  free(): void;
}

/** Pictures at a time: in the size of Inception 34 MB. */
const BATCH = 32;

/**
 * Loads the model and tries it on one grey picture. The model takes one tensor
 * [n, s, s, 3] of pictures with values in [0, 1], resized bilinearly to the s of its signature where that names one, and gives one
 * tensor: [n, size], or [n, h, w, size], of which the mean over h and w is taken. Throws a UserError of one line for any other.
 */
export async function openFeatureNetwork(path: string, { imageSize }: { imageSize: number }): Promise<FeatureNetwork> {
  const artifacts = readGraphModel(path);
  const tf = await useTfjs();
  const { loadGraphModelSync } = (await import('@tensorflow/tfjs-converter')).default as typeof import('@tensorflow/tfjs-converter');
  const model = attempt(path, () => loadGraphModelSync({ load: () => artifacts }));
  const side = readSide(path, model);
  const values = imageSize * imageSize * 3;

  const run = async (pixels: Float32Array): Promise<Float32Array> => {
    const features = tf.tidy(() => {
      const pictures = tf.tensor4d(pixels, [pixels.length / values, imageSize, imageSize, 3]);
      const inRange = tf.add(tf.mul(pictures, 0.5), 0.5) as tfjs.Tensor4D;
      const resized = side === null || side === imageSize ? inRange : tf.image.resizeBilinear(inRange, [side, side], false, true);
      const output = model.predict(resized);
      if (!(output instanceof tf.Tensor)) throw refuse(path, 'it gives more than one tensor');
      const flat = output.shape.length === 4 ? tf.mean(output, [1, 2]) : output;
      if (flat.shape.length !== 2) throw refuse(path, `it gives a tensor of the shape [${output.shape.join(', ')}]`);
      return flat;
    });
    try {
      return (await features.data()) as Float32Array;
    } finally {
      features.dispose();
    }
  };
  const readAll = async (pixels: Float32Array): Promise<Float32Array> => {
    const blocks: Float32Array[] = [];
    for (let from = 0; from < pixels.length; from += BATCH * values) blocks.push(await run(pixels.subarray(from, from + BATCH * values)));
    return joinBlocks(blocks);
  };
  try {
    const { length } = await run(new Float32Array(values));
    return { size: length, readFeatures: readAll, free: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw explain(path, error);
  }
}

/** The s of an input [n, s, s, 3]; null where it takes any. */
function readSide(path: string, { inputs }: Pick<GraphModel, 'inputs'>): number | null {
  if (inputs.length !== 1) throw refuse(path, `it takes ${inputs.length} tensors, not one of pictures`);
  const { shape, dtype } = inputs[0]!;
  if (dtype !== 'float32') throw refuse(path, `it takes pictures as ${dtype}, not as float32`);
  if (shape === undefined) return null;
  const [batch, height, width, channels] = shape.map((length) => (length === null || length < 0 ? null : length));
  if (shape.length !== 4 || height !== width || (channels !== 3 && channels !== null) || batch !== null)
    throw refuse(path, `it takes pictures as [${shape.map((length) => length ?? -1).join(', ')}], not as [-1, s, s, 3]`);
  return height!;
}

function joinBlocks(blocks: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    joined.set(block, at);
    at += block.length;
  }
  return joined;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(path, error);
  }
}

/** tfjs says in its first line what it cannot do, e.g. an operation that the backend lacks. */
function explain(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'UserError') return error;
  return refuse(path, firstLineOf(error), error);
}
