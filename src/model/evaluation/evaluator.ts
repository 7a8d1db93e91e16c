// What an evaluator is. A new one: a file in metrics/ that exports an Evaluator, its line in index.ts, and a row for each of its
// names in experiment/metrics.ts.

import type { Kernels } from '../kernels/kernels.ts';
import type { Judged, Oracle } from './oracle/oracle.ts';

export interface Pictures {
  /** [count, imageSize, imageSize, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [count, attributes.length], 0 or 1: what each picture shows, or was asked to show. */
  labels: Float32Array;
  count: number;
  imageSize: number;
  /** Of `turned` also rotate_90, …: the run's label bits, in their order. */
  attributes: readonly string[];
  /** What the oracle sees in these pictures, and which oracle that is: for evaluators with `usesOracle`. */
  judged?: Judged;
  oracle?: JudgingOracle;
  /** [count, size]: what the network of `evaluation.features` makes of them, where a run names one. */
  features?: Float32Array;
  /**
   * Generated pictures of a run with rotations, judged by the oracle: asked for upright and in each orientation in turn, so as many of
   * each. All others are asked for upright.
   */
  turned?: Pictures;
}

/** What an evaluator may know of the oracle. */
type JudgingOracle = Pick<Oracle, 'labels' | 'accuracy'>;

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
   * `generated` has as many pictures as `real` had, with the same labels in the same order; with `usesOracle` as many as are asked for,
   * with labels of held-out pictures. A value for each of `names`; one that cannot be told is left out.
   */
  measure(generated: Pictures, prepared: Prepared, k: Kernels): Promise<Record<string, number>>;
}

/** What `measure` returns of one metric; nothing where the value is no number, as for pictures of a generator that has diverged. */
export function withValue(name: string, value: number): Record<string, number> {
  return Number.isFinite(value) ? { [name]: value } : {};
}
