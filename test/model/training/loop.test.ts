import { describe, expect, it } from 'vitest';
import { runConfigSchema } from '../../../src/experiment/schema/schema.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';
import { type LoopEnd, trainLoop } from '../../../src/model/training/loop.ts';
import { createTrainer } from '../../../src/model/training/trainer.ts';
import type { MetricsRecord } from '../../../src/results/records.ts';
import { withKernels } from '../../helpers/kernels.ts';

const { training } = runConfigSchema.parse({ attributes: ['a'], training: { epochs: 1, batchSize: 2 } });
const STEPS = 12;

/**
 * An epoch in which a report is due after each step. Each read comes back once two further steps are done, as from a slow device, if the
 * loop does them: `ahead` is how many were done at most while a read was on its way.
 */
function train({ noNumberIn, failsAt }: { noNumberIn?: number; failsAt?: number } = {}) {
  return withKernels('tensorflow', async (own) => {
    let done = 0;
    let ahead = 0;
    const k: Kernels = {
      ...own,
      async read(tensor) {
        const asked = done;
        for (let turn = 0; turn < 20 && done < Math.min(asked + 2, STEPS); turn++) await new Promise((resolve) => setImmediate(resolve));
        ahead = Math.max(ahead, done - asked);
        if (failsAt !== undefined && asked >= failsAt) throw new Error('the device is gone');
        return own.read(tensor);
      },
    };
    const trainer = createTrainer(own, { imageSize: 32, width: 8, latentSize: 3, conditions: 1 }, 1);
    const records: MetricsRecord[] = [];
    let clock = 0;
    const end: LoopEnd = await trainLoop({
      trainer: {
        ...trainer,
        k,
        step(input) {
          done++;
          return trainer.step(input);
        },
      },
      batches: {
        stepsPerEpoch: STEPS,
        conditionNames: ['a'],
        read: (step) => ({
          pixels: new Float32Array(2 * 32 * 32 * 3).fill(step === noNumberIn ? Number.NaN : step / STEPS),
          labels: Float32Array.of(0, 1),
          size: 2,
        }),
        choose: () => {
          throw new Error('no pictures are stored');
        },
      },
      training,
      checkpointEverySeconds: undefined,
      from: { step: 0, seconds: 0 },
      onMetrics: (more) => records.push(...more),
      onEpoch: async () => {},
      onCheckpoint: async () => {},
      shouldStop: () => false,
      now: () => {
        clock += 600;
        return clock;
      },
    });
    return { end, records, ahead };
  });
}

describe('losses', () => {
  it('come back while further steps are done, each step once and in order', async () => {
    const { end, records, ahead } = await train();
    expect(end.reason).toBe('finished');
    expect(ahead).toBe(2);
    expect(records.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
    const seconds = records.map((record) => record.seconds);
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  });

  it('that are no number end the training at their step, though further steps were done', async () => {
    const { end, records } = await train({ noNumberIn: 4 });
    expect(end).toMatchObject({ reason: 'diverged', position: { step: 4 } });
    expect(records.at(-1)!.step).toBe(4);
  });

  it('that cannot be read end the training with what went wrong', async () => {
    await expect(train({ failsAt: 3 })).rejects.toThrow('the device is gone');
  });
});
