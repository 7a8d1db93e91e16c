// One run, from its folder: data, networks, the loop, and what the loop leaves behind.

import { pickMetrics } from '../../experiment/metrics.ts';
import type { ProgressMessage } from '../../results/child-messages.ts';
import { describeProblem } from '../../results/errors.ts';
import { EvaluationsWriter, readLastEvaluation } from '../../results/lines/evaluations.ts';
import { describeMissingSteps, MetricsWriter, measureRun, readLastMetrics, readMetrics } from '../../results/lines/metrics.ts';
import { evaluationsFile, metricsFile } from '../../results/paths.ts';
import { readEvaluation, requireRunRecord } from '../../results/read.ts';
import type { EvaluationFile, MetricsRecord, OutcomeRecord, RunRecord } from '../../results/records.ts';
import {
  noteMissingMeasure,
  removeEvaluation,
  writeEvaluation,
  writeLabelRows,
  writeOutcome,
  writeTrainingRecord,
} from '../../results/write-run.ts';
import { asPictureSource, createBatches } from '../data/batches.ts';
import { recordLabelRows } from '../data/label-rows.ts';
import { labelShares } from '../data/statistics.ts';
import { createGenerator } from '../generation/generator.ts';
import { setAsideOtherGrids, writeSampleGrid } from '../generation/grid.ts';
import { sampledPart } from '../networks/network.ts';
import type { SavedPosition } from '../training/checkpoints/checkpoint.ts';
import { restoreCheckpoint } from '../training/checkpoints/restore.ts';
import { createCheckpointWriter, takeSnapshot } from '../training/checkpoints/save.ts';
import { type LoopEnd, trainLoop } from '../training/loop.ts';
import { createTrainer, type Trainer } from '../training/trainer.ts';
import { startEngine } from './engine.ts';
import { chooseColumns, openRunData } from './run-data.ts';
import { openRunEvaluation, type RunEvaluation } from './run-evaluation.ts';

interface Options {
  folder: string;
  /** Looked at before each step, and while the oracle is made or judges. */
  stop: AbortSignal;
  /** Called before anything is written. Does not return where another process has taken the run over. */
  beforeWriting: () => void;
  send: (message: ProgressMessage) => void;
}

/** Trains the run to its end, from its newest whole checkpoint on where it has one. Writes outcome.json unless it was stopped. */
export async function trainRun({ folder, stop, send, beforeWriting }: Options): Promise<LoopEnd['reason']> {
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
    balancedSampling: config.training.balancedSampling,
  });

  send({ type: 'phase', phase: 'loading backend' });
  const engine = await startEngine(folder, record);
  const k = engine.kernels;
  const shape = { ...config.model, conditions: batches.conditionNames.length, imageSize: config.dataset.imageSize };
  const stored = k.storePictures(asPictureSource(packed));
  const trainer = createTrainer(k, shape, config.training.seed, { ...config.training, labelShares: labelShares(packed, config), stored });
  const generator = createGenerator(k, { shape, conditions: batches.conditionNames, network: sampledPart(trainer.generator) });
  const columns = chooseColumns(config, packed, batches.conditionNames);

  beforeWriting();
  const from = resume(trainer, folder);
  const { stepsPerEpoch } = batches;
  const { epochs } = config.training;
  const steps = stepsPerEpoch * epochs;
  engine.record(from.step + 1, stored);
  writeTrainingRecord(folder, { format: 1, stepsPerEpoch, steps, epochs });
  writeLabelRows(folder, () => recordLabelRows(packed, config.attributes));
  setAsideOtherGrids(folder, { rows: config.samples.rows, columns });
  if (from.step < steps) removeEvaluation(folder); // of a run that was shorter
  const evaluation = await unlessStopped(stop, () =>
    openRunEvaluation({ folder, record, packed, stepsPerEpoch, engine, send, stop, log: (line) => console.log(line) }),
  );
  if (evaluation === null) return 'stopped';
  const metrics = new MetricsWriter(metricsFile(folder), from.step);
  const evaluations = new EvaluationsWriter(evaluationsFile(folder), from.step);
  let evaluated = readLastEvaluation(folder)?.values ?? {};
  let last: MetricsRecord | undefined;
  const checkpoints = createCheckpointWriter({ folder, keep: config.checkpoint.keep, bestBy: config.evaluation.bestBy });
  send({ type: 'phase', phase: 'training' });
  const end = await trainLoop({
    trainer,
    batches,
    training: config.training,
    checkpointEverySeconds: config.checkpoint.everySeconds,
    from,
    earlier: readMetrics(metricsFile(folder)).records.filter(({ step }) => step <= from.step),
    shouldStop: () => stop.aborted,
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
      const judged = evaluation.isJudgedAfter(epoch);
      if (!judged && !isDrawnAfter(epoch, record)) return;
      const values = await evaluation.evaluate(generator, { judged });
      evaluated = { ...evaluated, ...values }; // what the oracle said last stays in sight
      evaluations.append([{ step, epoch, values }]);
      evaluations.sync();
      send({ type: 'progress', ...progressOf(last!, { steps, epochs, evaluated }) }); // the epoch's losses, now with its evaluation
      if (columns.length > 0 && isDrawnAfter(epoch, record)) {
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
  if (end.reason === 'stopped') return 'stopped';
  const notes: string[] = [];
  if (end.reason === 'finished') {
    const measured = await unlessStopped(stop, () => measureTrained(evaluation, { folder, record, stop }));
    if (measured === null) return 'stopped';
    beforeWriting();
    if ('note' in measured) notes.push(measured.note);
    else writeEvaluation(folder, measured);
  }
  writeOutcome(folder, describeEnd(folder, end, notes));
  return end.reason;
}

/** null where it was stopped meanwhile. */
async function unlessStopped<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  }
}

/** The training is done and saved: whatever keeps it from being measured can be mended later, and is said in a note. */
async function measureTrained(
  evaluation: RunEvaluation,
  { folder, record, stop }: { folder: string; record: RunRecord; stop: AbortSignal },
): Promise<EvaluationFile | { note: string }> {
  try {
    return await evaluation.measure({ former: readEvaluation(folder) });
  } catch (error) {
    stop.throwIfAborted();
    console.error(error);
    return { note: noteMissingMeasure(describeProblem(error), folder, record) };
  }
}

/**
 * After which epochs a sample grid is drawn, and the generator evaluated on few pictures: each `samples.every`, the last, and where the run
 * pauses.
 */
function isDrawnAfter(epoch: number, { config, pauseAfterEpoch }: Pick<RunRecord, 'config' | 'pauseAfterEpoch'>): boolean {
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

function describeEnd(folder: string, { reason, position, seen }: LoopEnd, notes: readonly string[]): OutcomeRecord {
  const { step, epoch, seconds } = position;
  const missing = describeMissingSteps(folder, step);
  const note = [...(missing ? [`metrics.jsonl has no record of steps ${missing}.`] : []), ...notes].join(' ');
  return {
    status: reason === 'diverged' ? 'diverged' : 'succeeded',
    message: seen ?? `Trained ${epoch} epochs.`,
    ...(note && { note }),
    finishedAt: new Date().toISOString(),
    steps: step,
    epochs: epoch,
    seconds,
    imagesPerSecond: measureRun(folder).imagesPerSecond,
  };
}
