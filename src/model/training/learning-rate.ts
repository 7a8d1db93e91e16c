// The learning rate of a step.

import type { RunConfig } from '../../experiment/schema/schema.ts';

/** For `step` of `steps`, from 1. See training.learningRateSchedule in the schema. */
export function learningRateAt({ learningRate, learningRateSchedule }: RunConfig['training'], step: number, steps: number): number {
  const done = (step - 1) / steps; // share of the training before this step, in [0, 1)
  switch (learningRateSchedule) {
    case 'constant':
      return learningRate;
    case 'step':
      return done < 2 / 3 ? learningRate : learningRate / 10;
    case 'linear':
      return learningRate * Math.min(1, 2 * (1 - done));
  }
}
