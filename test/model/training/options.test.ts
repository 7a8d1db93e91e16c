import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { createTrainer, type StepInput, type Trainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { type BackendName, relativeError, withKernels } from '../../helpers/kernels.ts';

const article: NetworkShape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32 };
const modern: NetworkShape = {
  ...article,
  spectralNorm: true,
  discriminatorLabels: 'projection',
  conditionalNorm: true,
  auxiliaryWeight: 0.5,
};
const modernOptions: TrainerOptions = { loss: 'hinge', emaDecay: 0.9, labelShares: [0.5, 0.2, 0.02] };

function input(shape: NetworkShape, step: number, batch = 4): StepInput {
  const random = createRandom(7, 'test', step);
  const fill = (size: number, of: () => number) => Float32Array.from({ length: size }, of);
  return {
    pixels: fill(batch * shape.imageSize ** 2 * 3, () => random.uniform() * 2 - 1),
    labels: fill(batch * shape.conditions, () => random.integer(2)),
    noise: fill(batch * shape.latentSize, () => random.normal()),
    adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step },
  };
}

async function logitsOf(trainer: Trainer, step: number): Promise<Float32Array[]> {
  const { k } = trainer;
  const { real, fake, fooled } = trainer.step(input(trainer.shape, step));
  const read = [await k.read(real), await k.read(fake), await k.read(fooled)];
  k.free(real, fake, fooled);
  return read;
}

const train = (backend: BackendName) =>
  withKernels(backend, async (k) => {
    const trainer = createTrainer(k, modern, 1, modernOptions);
    const logits = [];
    for (let step = 1; step <= 3; step++) logits.push(...(await logitsOf(trainer, step)));
    const before = k.count();
    await logitsOf(trainer, 4);
    expect(k.count(), 'tensors left').toBe(before);
    return Float32Array.from(logits.flatMap((each) => [...each]));
  });

describe.each([
  ['tensorflow', 1e-3],
  ['tensorflow bfloat16', 3e-2],
  ['wasm', 1e-3],
] as const)('the modern options on %s', (backend, bound) => {
  it("give the logits of tfjs's own operations", async () => {
    expect(relativeError(await train(backend), await train('cpu'))).toBeLessThan(bound);
  });
});
