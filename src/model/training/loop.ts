// Room: model/training. The training loop, from a first step to the last. Reads from top to bottom; effects are arguments.

import { createRandom } from '../../experiment/random.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { MetricsRecord } from '../../results/records.ts';
import type { Batches } from '../data/batches.ts';
import { learningRateAt } from './learning-rate.ts';
import { lossesOf } from './losses.ts';
import type { StepLogits, Trainer } from './trainer.ts';

export interface LoopOptions {
  trainer: Trainer;
  batches: Batches;
  training: RunConfig['training'];
  checkpointEverySeconds: number | undefined;
  /** Steps done already, and the seconds of training they took. */
  from: { step: number; seconds: number };
  /** Records of consecutive steps; called about twice a second. */
  onMetrics: (records: MetricsRecord[], steps: number) => void;
  /** After each epoch, its metrics written. */
  onEpoch: (position: Position) => Promise<void>;
  onCheckpoint: (position: Position) => Promise<void>;
  /** Asked before each step. */
  shouldStop: () => boolean;
  /** Stops once this epoch is over, where it is not the last, or at once where it is over already. Default: after the last. */
  pauseAfterEpoch?: number | null;
  /** Monotonic milliseconds. */
  now?: () => number;
}

interface Position {
  step: number;
  epoch: number;
  seconds: number;
}

export type LoopEnd = { reason: 'finished' | 'stopped' | 'diverged'; position: Position };

const FLUSH_MS = 500;
const FLUSH_STEPS = 256;

/** Trains to the last epoch, until asked to stop, or until a loss is no longer a number. */
export async function trainLoop(options: LoopOptions): Promise<LoopEnd> {
  const { trainer, batches, training, from, onMetrics, onEpoch, onCheckpoint, shouldStop, now = () => performance.now() } = options;
  const steps = batches.stepsPerEpoch * training.epochs;
  const pauseAfterStep = batches.stepsPerEpoch * (options.pauseAfterEpoch ?? training.epochs);
  const checkpointEveryMs = (options.checkpointEverySeconds ?? Number.POSITIVE_INFINITY) * 1000;
  // Time spent sampling and saving is not training: the clock stands still for it.
  let trainedMs = from.seconds * 1000;
  let windowStart = now();
  let lastCheckpoint = windowStart;
  let pending: { step: number; size: number; logits: StepLogits }[] = [];
  const epochOf = (step: number) => Math.max(1, Math.ceil(step / batches.stepsPerEpoch));
  const position = (step: number): Position => ({ step, epoch: epochOf(step), seconds: trainedMs / 1000 });

  /** Reads the waiting logits and hands their records on; returns the first step whose losses are not finite. */
  const flush = async (): Promise<number | undefined> => {
    if (pending.length === 0) return undefined;
    const read: { step: number; size: number; values: Record<keyof StepLogits, Float32Array> }[] = [];
    for (const { step, size, logits } of pending) {
      const [real, fake, fooled] = await Promise.all([logits.real, logits.fake, logits.fooled].map((tensor) => trainer.k.read(tensor)));
      trainer.k.free(logits.real, logits.fake, logits.fooled);
      read.push({ step, size, values: { real: real!, fake: fake!, fooled: fooled! } });
    }
    const elapsedMs = now() - windowStart;
    const imagesPerSecond = round((read.reduce((sum, { size }) => sum + size, 0) / elapsedMs) * 1000);
    const records = read.map(({ step, values }, i) => ({
      step,
      epoch: epochOf(step),
      seconds: round((trainedMs + (elapsedMs * (i + 1)) / read.length) / 1000),
      imagesPerSecond,
      ...lossesOf(values),
    }));
    trainedMs += elapsedMs;
    windowStart = now();
    pending = [];
    const bad = records.findIndex(({ lossD, lossG }) => !Number.isFinite(lossD) || !Number.isFinite(lossG));
    onMetrics(bad === -1 ? records : records.slice(0, bad + 1), steps);
    return bad === -1 ? undefined : records[bad]!.step;
  };
  const pauseClock = async (work: () => Promise<void>) => {
    await work();
    windowStart = now();
  };

  for (let step = from.step + 1; step <= steps; step++) {
    if (step > pauseAfterStep) return { reason: 'stopped', position: position(step - 1) };
    await nextTurn();
    if (shouldStop()) {
      const diverged = await flush();
      if (diverged !== undefined) return { reason: 'diverged', position: position(diverged) };
      if (step - 1 > from.step) await onCheckpoint(position(step - 1));
      return { reason: 'stopped', position: position(step - 1) };
    }
    const { pixels, labels, size } = batches.read(step);
    const noise = normals(size * trainer.shape.latentSize, training.seed, step);
    const adam = { learningRate: learningRateAt(training, step, steps), beta1: training.adamBeta1, beta2: training.adamBeta2, step };
    const { learningRate, discriminatorLearningRate = learningRate } = training;
    const rates = {
      adam,
      discriminatorLearningRate: learningRateAt({ ...training, learningRate: discriminatorLearningRate }, step, steps),
    };
    pending.push({ step, size, logits: trainer.step({ pixels, labels, noise, ...rates }) });

    const epochEnds = step % batches.stepsPerEpoch === 0;
    const checkpointDue = now() - lastCheckpoint >= checkpointEveryMs;
    if (epochEnds || checkpointDue || pending.length >= FLUSH_STEPS || now() - windowStart >= FLUSH_MS) {
      const diverged = await flush();
      if (diverged !== undefined) return { reason: 'diverged', position: position(diverged) };
    }
    if (epochEnds) await pauseClock(() => onEpoch(position(step)));
    if (epochEnds || checkpointDue) {
      await pauseClock(() => onCheckpoint(position(step)));
      lastCheckpoint = now();
    }
  }
  return { reason: 'finished', position: position(steps) };
}

/** Lets messages and signals in: a step keeps the thread to itself. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** The step's noise: its own stream, so that a resumed run draws the same. */
function normals(count: number, seed: number, step: number): Float32Array {
  const random = createRandom(seed, 'noise', step);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = random.normal();
  return values;
}
