// What surrounds the bare training step, in the real loop: npm run bench:engine [-- WIDTH BATCH STEPS]
// Loop against bare step, alternating; how long a checkpoint keeps training waiting; memory over many steps. BENCH_TINY=1 makes few steps of each.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConfigSchema } from '../src/experiment/schema/schema.ts';
import { median } from '../src/experiment/units.ts';
import { chooseBackend } from '../src/machine/backend.ts';
import { defaultCacheRoot } from '../src/machine/cache-root.ts';
import { asPictureSource, createBatches } from '../src/model/data/batches.ts';
import { packDataset } from '../src/model/data/packing/pack.ts';
import { loadKernels } from '../src/model/kernels/load.ts';
import { createCheckpointWriter, takeSnapshot } from '../src/model/training/checkpoints/save.ts';
import { trainLoop } from '../src/model/training/loop.ts';
import { createTrainer } from '../src/model/training/trainer.ts';
import { tellRow } from './rows.ts';

const [width = 64, batchSize = 64, memorySteps = 2000] = process.argv.slice(2).map(Number);
const config = runConfigSchema.parse({
  attributes: ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair'],
  dataset: { source: 'synthetic', images: 2048, seed: 1 },
  model: { width },
  training: { batchSize, epochs: 1000 },
});
const packed = await packDataset(config.dataset, { cacheRoot: defaultCacheRoot() });
const batches = createBatches({ packed, attributes: config.attributes, augmentation: config.augmentation, batchSize, seed: 1 });
const backend = await chooseBackend();
console.log(backend.version);
const isTiny = process.env.BENCH_TINY === '1';
const ROUNDS = isTiny ? 2 : 9;
const CHECKPOINTS = isTiny ? 2 : 7;
const k = await loadKernels(backend, 'float32');
const stored = k.storePictures(asPictureSource(packed));
const trainer = createTrainer(k, { ...config.model, conditions: 5, imageSize: 64 }, 1, { stored });
let done = 0;

/** Seconds within trainer.step, in the loop. */
let inSteps = 0;
const timedTrainer = {
  ...trainer,
  step(input: Parameters<typeof trainer.step>[0]) {
    const start = performance.now();
    const logits = trainer.step(input);
    inSteps += (performance.now() - start) / 1000;
    return logits;
  },
};

/** Seconds of `steps` steps as trainLoop does them: data, noise, losses, metrics. */
async function loop(steps: number, duringStep: (step: number) => void = () => {}): Promise<number> {
  const start = performance.now();
  const last = done + steps;
  await trainLoop({
    trainer: timedTrainer,
    batches,
    training: config.training,
    checkpointEverySeconds: undefined,
    from: { step: done, seconds: 0 },
    onMetrics: () => {},
    onEpoch: async () => {},
    onCheckpoint: async () => {},
    shouldStop: () => {
      duringStep(done);
      return done++ === last;
    },
  });
  done = last;
  return (performance.now() - start) / 1000;
}

/** Seconds of the same steps on one batch that lies ready. */
async function bare(steps: number): Promise<number> {
  const { size, ...batch } = stored ? batches.choose(1) : batches.read(1);
  const noise = new Float32Array(size * config.model.latentSize).map(() => Math.sin(done * 1e3) + Math.random());
  const start = performance.now();
  for (let i = 0; i < steps; i++) {
    const logits = trainer.step({ ...batch, noise, adam: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, step: done + i + 1 } });
    await k.read(logits.real);
    k.free(logits.real, logits.fake, logits.fooled);
  }
  return (performance.now() - start) / 1000;
}

const steps = isTiny ? 2 : Math.max(2, Math.round(1500 / width));
await loop(3);
const ratios: number[] = [];
const stepRatios: number[] = [];
for (let i = 0; i < ROUNDS; i++) {
  inSteps = 0;
  const whole = await loop(steps);
  const alone = await bare(steps);
  ratios.push(whole / alone);
  stepRatios.push(inSteps / alone);
}
tellRow(`width ${width}, batch ${batchSize}: the real loop / the bare step`, {
  'with data, noise and losses': median(ratios)!,
  'the step alone': median(stepRatios)!,
  pictures: stored ? 'on the device' : 'on the host',
});

const folder = mkdtempSync(join(tmpdir(), 'facet-bench-'));
const writer = createCheckpointWriter({ folder, keep: 1 });
const stalls: number[] = [];
const waits: number[] = [];
const onDisk: number[] = [];
for (let i = 0; i < CHECKPOINTS; i++) {
  const before = await loop(steps);
  const start = performance.now();
  await writer.save(takeSnapshot(trainer, { step: i + 1, seconds: 0 }, config.attributes));
  waits.push((performance.now() - start) / 1000);
  const written = writer.finish().then(() => onDisk.push((performance.now() - start) / 1000));
  await loop(steps); // the file is written meanwhile
  await written;
  const around = (performance.now() - start) / 1000;
  stalls.push(around - (before + (await loop(steps))) / 2);
}
rmSync(folder, { recursive: true });
console.log(
  `a checkpoint stalls training for ${median(waits)!.toFixed(2)} s, delays it by ${median(stalls)!.toFixed(2)} s and is on disk after ${median(onDisk)!.toFixed(1)} s (medians of ${CHECKPOINTS}, beside the same steps without one before and after)`,
);

if (memorySteps > 0) {
  await loop(isTiny ? 2 : 200);
  const [memory, tensors] = [process.memoryUsage().rss, k.count()];
  await loop(memorySteps);
  const growth = (process.memoryUsage().rss / memory - 1) * 100;
  console.log(
    `over ${memorySteps} steps memory grew by ${growth.toFixed(1)} % of ${(memory / 1e6).toFixed(0)} MB, tensors by ${k.count() - tensors}`,
  );
}
process.exit(0);
