// What an evaluator is. A new one: a file in metrics/ that exports an Evaluator, its line in index.ts, and a row for each of its
// names in experiment/metrics.ts.

import type { Kernels } from '../kernels/kernels.ts';

export interface Pictures {
  /** [count, imageSize, imageSize, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [count, attributes.length], 0 or 1: what each picture shows, or was asked to show. */
  labels: Float32Array;
  count: number;
  imageSize: number;
  /** For evaluators with `usesOracle` also rotate_90, … of a run with rotations: its label bits, in their order. */
  attributes: readonly string[];
  /** What the oracle sees in these pictures, and which oracle that is: for evaluators with `usesOracle`. */
  judged?: Judged;
  oracle?: JudgingOracle;
  /** [count, size]: what the network of `evaluation.features` makes of them, where a run names one. */
  features?: Float32Array;
}

/** What an oracle makes of pictures. */
export interface Judged {
  /** [count, featureSize] */
  features: Float32Array;
  /** [count, labels]; on where > 0 */
  logits: Float32Array;
  count: number;
}

/** What an evaluator may know of the oracle. */
export interface JudgingOracle {
  /** The attributes of the data set, then rotate_90, …: the columns of the logits. */
  readonly labels: readonly string[];
  /** By label, on held-out pictures; and how many of them have it and lack it. */
  readonly accuracy: Readonly<Record<string, { balanced: number; on: number; off: number }>>;
}

export interface Evaluator<Prepared = unknown> {
  /** The metrics that `measure` returns. */
  names: readonly string[];
  /**
   * Only asked where the run has an oracle, with `judged` and `oracle`. `real` are then held-out pictures. Neither side needs to have
   * `pixels`: they may be empty.
   */
  usesOracle?: true;
  /** What is worth keeping of the real pictures; called once a run. */
  prepare(real: Pictures, k: Kernels): Promise<Prepared>;
  /**
   * `generated` has as many pictures as `real` had, with the same labels in the same order; with `usesOracle` as many as are asked for, with
   * labels of held-out pictures. A value for each of `names`; one that cannot be told is left out.
   */
  measure(generated: Pictures, prepared: Prepared, k: Kernels): Promise<Record<string, number>>;
}
