// What an evaluator is. A new one: a file in this folder that exports an Evaluator, its line in index.ts, and a row for each of its
// names in experiment/metrics.ts.

import type { Kernels } from '../kernels/kernels.ts';

export interface Pictures {
  /** [count, imageSize, imageSize, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [count, attributes.length], 0 or 1: what each picture shows, or was asked to show. */
  labels: Float32Array;
  count: number;
  imageSize: number;
  attributes: readonly string[];
}

export interface Evaluator<Prepared = unknown> {
  /** The metrics that `measure` returns. */
  names: readonly string[];
  /** What is worth keeping of the real pictures; called once a run. */
  prepare(real: Pictures, k: Kernels): Promise<Prepared>;
  /** `generated` has as many pictures as `real` had, with the same labels in the same order. A value for each of `names`. */
  measure(generated: Pictures, prepared: Prepared, k: Kernels): Promise<Record<string, number>>;
}
