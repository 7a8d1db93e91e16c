// (pure) A rough upper estimate of the memory that a run on the CPU takes, so that `parallel: auto` does not start more than fit.

import type { RunConfig } from '../../experiment/schema/schema.ts';

const PROCESS_BYTES = 750e6; // Node, the TensorFlow library and its thread pools
const BYTES_PER_SQUARED_WIDTH = 4_200; // two networks of about 45 w² weights: weights, gradients, moments, snapshots, patches, scratch space
const BYTES_PER_ACTIVATION = 10; // a float32 forward and its gradient, most of them not there at the same time

/** Bytes. Too high rather than too low: 1.15 to 2.1 times what was measured for widths 8 to 512 (docs/decisions/005). */
export function estimateRunMemory({ model, training, dataset }: RunConfig): number {
  const activations = training.batchSize * dataset.imageSize ** 2 * model.width;
  return PROCESS_BYTES + BYTES_PER_SQUARED_WIDTH * model.width ** 2 + BYTES_PER_ACTIVATION * activations;
}
