// The training loop, from a first step to the last. Reads from top to bottom; what it does to the outside is in its arguments.

import { createRandom } from '../../experiment/random.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { MetricsRecord } from '../../results/records.ts';
import type { Batch, Batches, Choice } from '../data/batches.ts';
import { watchDivergence } from './divergence.ts';
import { learningRateAt } from './learning-rate.ts';
import { lossesOf, type StepLosses } from './losses.ts';
import type { ChosenInput, StepInput, StepLogits, Trainer } from './trainer.ts';

export interface LoopOptions {
  trainer: Trainer;
  batches: Batches;
  training: RunConfig['training'];
  checkpointEverySeconds: number | undefined;
  /** Steps done already, and the seconds of training they took. */
  from: { step: number; seconds: number };
  /** The records of those steps. Default: none. */
  earlier?: readonly MetricsRecord[];
  /** Records of consecutive steps; called about twice a second. */
  onMetrics: (records: MetricsRecord[]) => void;
  /** After each epoch, once its metrics are handed on. */
  onEpoch: (position: Position) => Promise<void>;
  /** After each epoch, each `checkpointEverySeconds`, and before it stops. */
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
  /** Of training, over all attempts. */
  seconds: number;
}

export interface LoopEnd {
  reason: 'finished' | 'stopped' | 'diverged';
  position: Position;
  /** Of losses, where it diverged: in a line, for a person. */
  seen?: string;
}

/** Logits stay on the device until they are reported: each step's read at once would be a submission of its own. */
const REPORT_EVERY_MS = 500;
const MOST_UNREPORTED = 256;

interface UnreportedStep {
  step: number;
  /** Pictures. */
  size: number;
  logits: StepLogits;
}

/** Trains to the last epoch, until asked to stop, or until a loss is no finite number or none that a training has. */
export async function trainLoop(options: LoopOptions): Promise<LoopEnd> {
  const { trainer, batches, training, from, now = () => performance.now() } = options;
  const { onMetrics, onEpoch, onCheckpoint, shouldStop } = options;
  const { stepsPerEpoch } = batches;
  const steps = stepsPerEpoch * training.epochs;
  const pauseAfterStep = stepsPerEpoch * (options.pauseAfterEpoch ?? training.epochs);
  const checkpointEveryMs = (options.checkpointEverySeconds ?? Number.POSITIVE_INFINITY) * 1000;

  // Time spent evaluating, drawing and saving is not training: it lies between two reports and is left out.
  let trainedMs = from.seconds * 1000;
  let reportedAtMs = now();
  let savedAtMs = reportedAtMs;
  let unreported: UnreportedStep[] = [];
  /** The report whose logits are on their way: the device computes further steps meanwhile. */
  let reading: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;
  /** The first step with a loss that is no finite number, once it is known. */
  let notFiniteAt: number | null = null;
  const divergence = watchDivergence(training, { stepsPerEpoch, earlier: options.earlier ?? [] });

  for (let step = from.step + 1; step <= steps; step++) {
    if (step > pauseAfterStep) return endAt('stopped', step - 1);
    await yieldToMessages();
    const isStopped = shouldStop();
    if (isStopped) await finishReports();
    throwFailure();
    if (notFiniteAt !== null) return endNotFinite(notFiniteAt);
    if (isStopped) {
      if (step - 1 > from.step) await onCheckpoint(positionAt(step - 1));
      return endAt('stopped', step - 1);
    }
    const batch = trainer.hasStored ? batches.choose(step) : batches.read(step);
    await trainer.k.ready();
    unreported.push({ step, size: batch.size, logits: trainer.step(createInput(step, batch)) });

    const isEpochEnd = step % stepsPerEpoch === 0;
    const isCheckpointDue = isEpochEnd || now() - savedAtMs >= checkpointEveryMs;
    const isReportDue = isCheckpointDue || unreported.length >= MOST_UNREPORTED || now() - reportedAtMs >= REPORT_EVERY_MS;
    if (isCheckpointDue) await finishReports();
    else if (isReportDue) {
      if (unreported.length >= MOST_UNREPORTED) await reading;
      reading ??= startReport();
    }
    if (notFiniteAt !== null) return endNotFinite(notFiniteAt);
    const seen = isEpochEnd ? divergence.describe() : null;
    if (seen !== null) return { ...endAt('diverged', step), seen };
    if (isEpochEnd) await onEpoch(positionAt(step));
    if (isCheckpointDue) {
      await onCheckpoint(positionAt(step));
      savedAtMs = now();
      reportedAtMs = savedAtMs; // no step was done meanwhile
    }
  }
  return endAt('finished', steps);

  function createInput(step: number, { size, ...given }: Batch | Choice): StepInput | ChosenInput {
    const { learningRate, discriminatorLearningRate = learningRate, adamBeta1, adamBeta2 } = training;
    return {
      ...given,
      noise: drawNoise(size * trainer.shape.latentSize, training.seed, step),
      adam: { learningRate: learningRateAt(training, step, steps), beta1: adamBeta1, beta2: adamBeta2, step },
      discriminatorLearningRate: learningRateAt({ ...training, learningRate: discriminatorLearningRate }, step, steps),
    };
  }

  /** Reports while further steps are done. Never rejects: `failure` holds what went wrong. */
  async function startReport(): Promise<void> {
    try {
      await report();
    } catch (error) {
      failure = { error };
    }
    reading = null;
  }

  function throwFailure(): void {
    if (failure) throw failure.error;
  }

  /** Until all steps are reported. */
  async function finishReports(): Promise<void> {
    await reading;
    throwFailure();
    await report();
  }

  /** Reads the logits of the steps since the last report and hands their records on. */
  async function report(): Promise<void> {
    const steps = unreported;
    unreported = [];
    if (steps.length === 0 || notFiniteAt !== null) return;
    const losses: StepLosses[] = await Promise.all(steps.map(async ({ logits }) => lossesOf(await readLogits(trainer, logits), training)));
    const elapsedMs = now() - reportedAtMs;
    const pictures = steps.reduce((sum, { size }) => sum + size, 0);
    const records = steps.map(({ step }, i) => ({
      step,
      epoch: epochOf(step),
      seconds: round((trainedMs + (elapsedMs * (i + 1)) / steps.length) / 1000),
      imagesPerSecond: round((pictures / elapsedMs) * 1000),
      ...losses[i]!,
    }));
    trainedMs += elapsedMs;
    reportedAtMs = now();
    divergence.add(records);
    const diverged = records.findIndex(({ lossD, lossG }) => !Number.isFinite(lossD) || !Number.isFinite(lossG));
    onMetrics(diverged === -1 ? records : records.slice(0, diverged + 1));
    if (diverged !== -1) notFiniteAt = records[diverged]!.step;
  }

  function endNotFinite(step: number): LoopEnd {
    return { ...endAt('diverged', step), seen: `A loss was no finite number at step ${step} (epoch ${epochOf(step)}).` };
  }

  function endAt(reason: LoopEnd['reason'], step: number): LoopEnd {
    return { reason, position: positionAt(step) };
  }

  function positionAt(step: number): Position {
    return { step, epoch: epochOf(step), seconds: trainedMs / 1000 };
  }

  function epochOf(step: number): number {
    return Math.max(1, Math.ceil(step / stepsPerEpoch));
  }
}

/** Messages and signals: a step keeps the thread to itself. */
const yieldToMessages = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Copies to the host; frees the tensors. */
async function readLogits({ k }: Trainer, { real, fake, fooled }: StepLogits): Promise<Record<keyof StepLogits, Float32Array>> {
  const [ofReal, ofFake, ofFooled] = await Promise.all([k.read(real), k.read(fake), k.read(fooled)]);
  k.free(real, fake, fooled);
  return { real: ofReal, fake: ofFake, fooled: ofFooled };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Standard normal. A step has a stream of its own, so that a run that goes on draws the same. */
function drawNoise(count: number, seed: number, step: number): Float32Array {
  const random = createRandom(seed, 'noise', step);
  const noise = new Float32Array(count);
  for (let i = 0; i < count; i++) noise[i] = random.normal();
  return noise;
}
