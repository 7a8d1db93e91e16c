// The oracle of a data set: a small classifier that says which attributes a picture shows, and whose features distances are measured in.
// Trained once on real pictures and kept in the cache; it judges generated ones.

import type { RunConfig } from '../../../experiment/schema/schema.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { EvaluationData } from '../held-out.ts';

/** What the oracle sees in pictures. */
export interface Judged {
  /** [count, featureSize] */
  features: Float32Array;
  /** [count, labels]: on where > 0 */
  logits: Float32Array;
  count: number;
}

/** How well a label is told on the held-out pictures. */
export interface LabelAccuracy {
  /** Mean of the shares of pictures judged right among those that have it and among those that lack it; NaN where there are none of either kind. */
  balanced: number;
  /** Held-out pictures that have the label, and that lack it. */
  on: number;
  off: number;
}

export interface Oracle {
  /** Names the data, the recipe and the labels. */
  readonly identity: string;
  /** All attributes of the data set in its order, then rotate_90, … for each rotation of the run. */
  readonly labels: readonly string[];
  readonly featureSize: number;
  /** By label. */
  readonly accuracy: Readonly<Record<string, LabelAccuracy>>;
  /** pixels [count, S, S, 3] in [-1, 1], any count */
  judge(pixels: Float32Array): Promise<Judged>;
  free(): void;
}

export interface OracleOptions {
  /** In float32, also where the run computes in bfloat16: RunEngine.float32 has them. */
  k: Kernels;
  data: EvaluationData;
  /** The run's `augmentation.rotations`. */
  rotations: RunConfig['augmentation']['rotations'];
  cacheRoot: string;
  /** Steps done of all; also called while another process trains the oracle. Not called where it is in the cache. */
  onProgress?: (done: number, total: number) => void;
  /** One line for a person, e.g. that a damaged file is made again. */
  onNotice?: (notice: string) => void;
  /** Stops the training; nothing is left behind, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Reads the oracle from the cache, or trains it first, once for all processes. Throws a UserError where the cache folder will not do. */
export async function openOracle(_options: OracleOptions): Promise<Oracle> {
  throw new Error('not written yet');
}
