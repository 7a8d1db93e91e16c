// One run, from its folder: data, networks, the loop, and what the loop leaves behind.

import { pickMetrics } from '../../experiment/metrics.ts';
import { EvaluationsWriter, readLastEvaluation } from '../../results/lines/evaluations.ts';
import { describeMissingSteps, MetricsWriter, measureRun, readLastMetrics } from '../../results/lines/metrics.ts';
import { evaluationsFile, metricsFile } from '../../results/paths.ts';
import { requireRunRecord } from '../../results/read.ts';
import type { MetricsRecord, OutcomeRecord, ProgressMessage, RunRecord } from '../../results/records.ts';
import { writeOutcome, writeTrainingRecord } from '../../results/write-run.ts';
import { createBatches } from '../data/batches.ts';
import { createEvaluation } from '../evaluation/evaluate.ts';
import { createGenerator } from '../generation/generator.ts';
import { setAsideOtherGrids, writeSampleGrid } from '../generation/grid.ts';
import type { SavedPosition } from '../training/checkpoints/checkpoint.ts';
import { restoreCheckpoint } from '../training/checkpoints/restore.ts';
import { createCheckpointWriter, takeSnapshot } from '../training/checkpoints/save.ts';
import { type LoopEnd, trainLoop } from '../training/loop.ts';
import { createTrainer, type Trainer } from '../training/trainer.ts';
import { startEngine } from './engine.ts';
import { chooseColumns, openRunData } from './run-data.ts';

interface Options {
  folder: string;
  /** Asked before each step. */
  shouldStop: () => boolean;
  /** Called before anything is written. Does not return where another process has taken the run over. */
  beforeWriting: () => void;
  send: (message: ProgressMessage) => void;
}

/** Trains the run to its end, from its newest whole checkpoint on where it has one. Writes outcome.json unless it was stopped. */
export async function trainRun({ folder, shouldStop, send, beforeWriting }: Options): Promise<LoopEnd['reason']> {
  const record = requireRunRecord(folder);
  const { config } = record;
  send({ type: 'phase', phase: 'loading data' });
  const packed = await openRunData(record);
  const batches = createBatches({
    packed,
    attributes: config.attributes,
    augmentation: config.augmentation,
    batchSize: config.training.batchSize,
    seed: config.training.seed,
  });

  send({ type: 'phase', phase: 'loading backend' });
  const engine = await startEngine(folder, record);
  const k = engine.kernels;
  const shape = { ...config.model, conditions: batches.conditionNames.length, imageSize: config.dataset.imageSize };
  const trainer = createTrainer(k, shape, config.training.seed);
  const generator = createGenerator(k, { shape, conditions: batches.conditionNames, network: trainer.generator });
  const evaluation = createEvaluation({ k, packed, attributes: config.attributes });
  const columns = chooseColumns(config, packed, batches.conditionNames);

  beforeWriting();
  const from = resume(trainer, folder);
  const { stepsPerEpoch } = batches;
  const { epochs } = config.training;
  const steps = stepsPerEpoch * epochs;
  engine.record(from.step + 1);
  writeTrainingRecord(folder, { format: 1, stepsPerEpoch, steps, epochs });
  setAsideOtherGrids(folder, { rows: config.samples.rows, columns });
  const metrics = new MetricsWriter(metricsFile(folder), from.step);
  const evaluations = new EvaluationsWriter(evaluationsFile(folder), from.step);
  let evaluated = readLastEvaluation(folder)?.values ?? {};
  let last: MetricsRecord | undefined;
  const checkpoints = createCheckpointWriter({ folder, keep: config.checkpoint.keep });
  send({ type: 'phase', phase: 'training' });
  const end = await trainLoop({
    trainer,
    batches,
    training: config.training,
    checkpointEverySeconds: config.checkpoint.everySeconds,
    from,
    shouldStop,
    pauseAfterEpoch: record.pauseAfterEpoch,
    onMetrics(records) {
      beforeWriting();
      metrics.append(records);
      last = records.at(-1)!;
      send({ type: 'progress', ...progressOf(last, { steps, epochs, evaluated }) });
    },
    async onEpoch({ epoch, step }) {
      beforeWriting();
      metrics.sync();
      if (!isEvaluatedAfter(epoch, record)) return;
      evaluated = await evaluation.evaluate(generator);
      evaluations.append([{ step, epoch, values: evaluated }]);
      evaluations.sync();
      send({ type: 'progress', ...progressOf(last!, { steps, epochs, evaluated }) }); // the epoch's losses, now with its evaluation
      if (columns.length > 0) {
        await writeSampleGrid(generator, { folder, rows: config.samples.rows, columns, epoch, step });
      }
    },
    async onCheckpoint({ step, seconds }) {
      beforeWriting();
      metrics.sync();
      await checkpoints.save(takeSnapshot(trainer, { step, seconds }, batches.conditionNames));
    },
  });
  await checkpoints.finish();
  beforeWriting();
  metrics.sync(); // the metrics must be on disk before the outcome is
  metrics.close();
  evaluations.close();
  if (end.reason !== 'stopped') writeOutcome(folder, describeEnd(folder, end));
  return end.reason;
}

/** After which epochs the generator is evaluated and a sample grid is drawn: each `samples.every`, the last, and where the run pauses. */
function isEvaluatedAfter(epoch: number, { config, pauseAfterEpoch }: Pick<RunRecord, 'config' | 'pauseAfterEpoch'>): boolean {
  return epoch === config.training.epochs || epoch === pauseAfterEpoch || epoch % config.samples.every === 0;
}

/** Loads the newest whole checkpoint, if there is one, and says in the log where training goes on. Throws as restoreCheckpoint. */
function resume(trainer: Trainer, folder: string): SavedPosition {
  const from = restoreCheckpoint(trainer, folder, (message) => console.error(message));
  if (from === undefined) {
    const before = readLastMetrics(folder);
    if (before) console.log(`Training begins again at step 1, although it had come to step ${before.step}: there is no checkpoint.`);
    return { step: 0, seconds: 0 };
  }
  console.log(`Continuing after step ${from.step}.`);
  const missing = describeMissingSteps(folder, from.step);
  if (missing) {
    console.error(`The checkpoint is of step ${from.step}, but metrics.jsonl has no record of steps ${missing}: they stay missing.`);
  }
  return from;
}

function progressOf(
  last: MetricsRecord,
  { steps, epochs, evaluated }: { steps: number; epochs: number; evaluated: Record<string, number> },
) {
  const { step, epoch, imagesPerSecond } = last;
  const secondsPerStep = last.seconds / step;
  return {
    step,
    steps,
    epoch,
    epochs,
    imagesPerSecond,
    secondsLeft: (steps - step) * secondsPerStep,
    metrics: { ...pickMetrics(last), ...evaluated },
  };
}

function describeEnd(folder: string, { reason, position }: LoopEnd): OutcomeRecord {
  const { step, epoch, seconds } = position;
  const missing = describeMissingSteps(folder, step);
  return {
    status: reason === 'diverged' ? 'diverged' : 'succeeded',
    message: reason === 'diverged' ? `A loss was no finite number at step ${step} (epoch ${epoch}).` : `Trained ${epoch} epochs.`,
    ...(missing && { note: `metrics.jsonl has no record of steps ${missing}.` }),
    finishedAt: new Date().toISOString(),
    steps: step,
    epochs: epoch,
    seconds,
    imagesPerSecond: measureRun(folder).imagesPerSecond,
  };
}
