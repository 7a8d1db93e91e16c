import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { runConfigSchema } from '../../../src/experiment/schema/schema.ts';
import type { NetworkShape } from '../../../src/model/networks/shape.ts';
import { listCheckpoints } from '../../../src/model/training/checkpoints/checkpoint.ts';
import { restoreCheckpoint } from '../../../src/model/training/checkpoints/restore.ts';
import { openSafetensors } from '../../../src/model/training/checkpoints/safetensors.ts';
import { takeSnapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { trainLoop } from '../../../src/model/training/loop.ts';
import { createTrainer, type TrainerOptions } from '../../../src/model/training/trainer.ts';
import { MetricsWriter } from '../../../src/results/lines/metrics.ts';
import type { MetricsRecord } from '../../../src/results/records.ts';
import { withKernels } from '../../helpers/kernels.ts';

const shape = { latentSize: 10, conditions: 3, width: 16, imageSize: 32 as const };
/** All that a run may carry from step to step. */
const modern = {
  shape: { ...shape, spectralNorm: true, discriminatorLabels: 'projection' as const, conditionalNorm: true, auxiliaryWeight: 0.5 },
  options: {
    loss: 'hinge' as const,
    emaDecay: 0.99,
    discriminatorSteps: 2,
    diffAugment: ['translation' as const],
    labelShares: [0.5, 0.2, 0.1],
  },
};
const { training } = runConfigSchema.parse({
  attributes: ['a', 'b', 'c'],
  training: { epochs: 3, batchSize: 4, learningRateSchedule: 'linear' },
});
const conditions = ['a', 'b', 'c'];

/** Random pictures, the same for the same step. */
const batches = {
  stepsPerEpoch: 5,
  conditionNames: conditions,
  read(step: number) {
    const random = createRandom(3, 'pictures', step);
    const pixels = Float32Array.from({ length: 4 * 32 * 32 * 3 }, () => random.uniform() * 2 - 1);
    return { pixels, labels: Float32Array.from({ length: 12 }, () => random.integer(2)), size: 4 };
  },
  choose: () => {
    throw new Error('no pictures are stored');
  },
};

/** Trains in `folder` from where it is; a stop is asked for before step `stopBefore`, a kill happens there. */
async function trainIn(
  folder: string,
  until: { stopBefore?: number; killBefore?: number; pauseAfterEpoch?: number } = {},
  model: { shape: NetworkShape; options?: TrainerOptions } = { shape },
) {
  return withKernels('tensorflow', async (k) => {
    const trainer = createTrainer(k, model.shape, training.seed, model.options);
    const damaged: string[] = [];
    const from = restoreCheckpoint(trainer, folder, (message) => damaged.push(message)) ?? { step: 0, seconds: 0 };
    const metrics = new MetricsWriter(join(folder, 'metrics.jsonl'), from.step);
    let step = from.step;
    const end = await trainLoop({
      trainer,
      batches: {
        ...batches,
        read(asked) {
          step = asked;
          if (asked === until.killBefore) throw new Error('killed');
          return batches.read(asked);
        },
      },
      training,
      checkpointEverySeconds: undefined,
      from,
      pauseAfterEpoch: until.pauseAfterEpoch,
      onMetrics: (records) => metrics.append(records),
      onEpoch: async () => {},
      onCheckpoint: async (position) => writeSnapshot(takeSnapshot(trainer, position, conditions), { folder, keep: 2 }),
      shouldStop: () => step + 1 === until.stopBefore,
    }).catch((error: Error) => ({ reason: error.message, position: undefined }));
    metrics.close();
    const weights = {
      ...Object.fromEntries(await trainer.generator.parameters.export()),
      ...Object.fromEntries(await trainer.discriminator.parameters.export()),
    };
    return { reason: end.reason, from, damaged, weights };
  });
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'facet-resume-'));
/** What must repeat: everything but times. */
const losses = (folder: string) =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsRecord)
    .map(({ step, epoch, lossD, lossG, dReal, dFake }) => ({ step, epoch, lossD, lossG, dReal, dFake }));

describe('a run that is continued', () => {
  it.each([
    ["article's", { shape }],
    ['modern', modern],
  ])('ends with the same metrics and weights, bit for bit, as one that was never interrupted: %s model', async (_, model) => {
    const [whole, broken] = [newFolder(), newFolder()];
    const uninterrupted = await trainIn(whole, {}, model);
    expect(uninterrupted.reason).toBe('finished');

    expect((await trainIn(broken, { stopBefore: 4 }, model)).reason).toBe('stopped'); // asked to stop within the first epoch
    expect((await trainIn(broken, { killBefore: 9 }, model)).reason).toBe('killed'); // dies within the second
    const last = await trainIn(broken, {}, model);
    expect(last.from.step).toBe(5); // the checkpoint at the end of the first epoch
    expect(last.reason).toBe('finished');
    expect(losses(broken)).toEqual(losses(whole));
    expect(losses(whole)).toHaveLength(15);
    expect(last.weights).toEqual(uninterrupted.weights);
    const hashes = [whole, broken].map((folder) => openSafetensors(listCheckpoints(folder)[0]!.path).metadata.sha256);
    expect(hashes[0]).toBe(hashes[1]); // state of the norms, singular vectors and averages among what is hashed
  });

  it('falls back to the checkpoint before a damaged one, says so, and still ends the same', async () => {
    const [whole, broken] = [newFolder(), newFolder()];
    const uninterrupted = await trainIn(whole);
    await trainIn(broken, { killBefore: 12 });
    const [newest] = listCheckpoints(broken);
    expect(newest!.step).toBe(10);
    writeFileSync(newest!.path, readFileSync(newest!.path).subarray(0, -1000));
    const last = await trainIn(broken);
    expect(last.damaged.join()).toMatch(/000010\.safetensors holds \d+ bytes of tensors/);
    expect(last.from.step).toBe(5);
    expect(losses(broken)).toEqual(losses(whole));
    expect(last.weights).toEqual(uninterrupted.weights);
  });

  it('after it had paused at the end of an epoch ends the same, and pausing twice at the same place does no harm', async () => {
    const [whole, paused] = [newFolder(), newFolder()];
    const uninterrupted = await trainIn(whole);
    expect((await trainIn(paused, { pauseAfterEpoch: 2 })).reason).toBe('stopped');
    expect(listCheckpoints(paused)[0]!.step).toBe(10);
    expect(losses(paused)).toHaveLength(10);
    expect((await trainIn(paused, { pauseAfterEpoch: 2 })).reason).toBe('stopped');
    expect(losses(paused)).toHaveLength(10);
    const last = await trainIn(paused, { pauseAfterEpoch: 3 });
    expect(last).toMatchObject({ reason: 'finished', from: { step: 10 } });
    expect(losses(paused)).toEqual(losses(whole));
    expect(last.weights).toEqual(uninterrupted.weights);
  });

  it('keeps the two newest checkpoints', async () => {
    const folder = newFolder();
    await trainIn(folder);
    expect(listCheckpoints(folder).map(({ step }) => step)).toEqual([15, 10]);
  });
});

describe('a run whose loss is no number', () => {
  it('ends as diverged, at the step where it happened', async () => {
    await withKernels('tensorflow', async (k) => {
      const trainer = createTrainer(k, shape, 1);
      const records: MetricsRecord[] = [];
      const end = await trainLoop({
        trainer,
        batches: {
          ...batches,
          read(step) {
            const batch = batches.read(step);
            if (step === 7) batch.pixels[5] = Number.NaN;
            return batch;
          },
        },
        training,
        checkpointEverySeconds: undefined,
        from: { step: 0, seconds: 0 },
        onMetrics: (more) => records.push(...more),
        onEpoch: async () => {},
        onCheckpoint: async () => {},
        shouldStop: () => false,
      });
      expect(end).toMatchObject({ reason: 'diverged', position: { step: 7, epoch: 2 } });
      expect(records.at(-1)!.step).toBe(7);
      expect(records.at(-1)!.lossD).toBeNaN();
    });
  });
});
