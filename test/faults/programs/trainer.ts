// trainer <run folder>: "trains" a few numbers in place of a network, through the code that the real trainer writes and
// reads with. Every value depends on all steps before it, so that a step lost, repeated or resumed from other weights shows.
//
// What is safe it says in FAULTS_ACKNOWLEDGEMENTS/<run id>.jsonl, outside of the results: a record once it is fsynced, a
// checkpoint once it and its folder are, and where it continues from before it cuts anything back.
// FAULTS_HOLD: a file that it waits for. FAULTS_DEAF: from its ninth step on it hears nothing any more.

import { createHash } from 'node:crypto';
import { existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pickMetrics } from '../../../src/experiment/metrics.ts';
import { createRandom } from '../../../src/experiment/random.ts';
import { recordFailure } from '../../../src/model/child/failures.ts';
import { onStopRequest, sendToParent } from '../../../src/model/child/parent.ts';
import { loadNewestCheckpoint } from '../../../src/model/training/checkpoints/restore.ts';
import type { SafetensorsFile } from '../../../src/model/training/checkpoints/safetensors.ts';
import { type Snapshot, writeSnapshot } from '../../../src/model/training/checkpoints/save.ts';
import { STOPPED_EXIT_CODE } from '../../../src/results/child-messages.ts';
import { MetricsWriter } from '../../../src/results/lines/metrics.ts';
import { metricsFile, runFile } from '../../../src/results/paths.ts';
import type { MetricsRecord, RunRecord } from '../../../src/results/records.ts';
import { writeOutcome } from '../../../src/results/write-run.ts';

const STEPS_PER_EPOCH = 6;

const folder = process.argv[2]!;
const { id, config } = JSON.parse(readFileSync(runFile(folder), 'utf8')) as RunRecord;
const { epochs, seed } = config.training;
const steps = epochs * STEPS_PER_EPOCH;
const log = openSync(join(process.env.FAULTS_ACKNOWLEDGEMENTS!, `${id}.jsonl`), 'a');
const stop = onStopRequest(folder);
process.on('uncaughtException', (error) => {
  const { print, exitCode } = recordFailure(folder, error);
  for (const line of print) console.error(line);
  process.exit(exitCode);
});

const weights = new Float32Array(64);
const moments = new Float32Array(64);
const from = restore();
acknowledge({ resume: from });
const metrics = new MetricsWriter(metricsFile(folder), from);
let saving: Promise<void> = Promise.resolve();
let unwritten: MetricsRecord[] = [];

while (process.env.FAULTS_HOLD && !existsSync(process.env.FAULTS_HOLD)) await new Promise((resolve) => setTimeout(resolve, 5));

for (let step = from + 1; step <= steps; step++) {
  if (process.env.FAULTS_DEAF && step === STEPS_PER_EPOCH + 3) goOnDeaf(step);
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.FAULTS_STEP_MS ?? 2)));
  if (stop.aborted) {
    flush();
    if (step - 1 > from) await save(step - 1);
    await saving;
    process.exit(STOPPED_EXIT_CODE);
  }
  unwritten.push(train(step));
  const saves = step % STEPS_PER_EPOCH === 0 || draw(step, 'save') < 0.25;
  if (saves || draw(step, 'flush') < 0.5) flush();
  if (saves) await save(step);
}
await saving;
metrics.close();
const [seconds, imagesPerSecond] = [steps / 100, 640];
const finishedAt = new Date().toISOString();
writeOutcome(folder, { status: 'succeeded', message: `Trained ${epochs} epochs.`, finishedAt, steps, epochs, seconds, imagesPerSecond });
process.exit(0);

function train(step: number): MetricsRecord {
  const random = createRandom(seed, 'noise', step);
  for (let i = 0; i < weights.length; i++) {
    moments[i] = 0.9 * moments[i]! + 0.1 * random.normal();
    weights[i] = Math.sin(1.7 * weights[i]! + moments[i]!);
  }
  const [lossD, lossG] = [weights[0]! + 2, weights[1]! + 2];
  const [dReal, dFake] = [moments[0]!, moments[1]!];
  return { step, epoch: Math.ceil(step / STEPS_PER_EPOCH), seconds: step / 100, imagesPerSecond: 640, lossD, lossG, dReal, dFake };
}

/** As in a native call that never returns, but writing on: hears no signal, no message, not that its parent is gone. */
function goOnDeaf(from: number): never {
  flush();
  for (let step = from; ; step++) {
    if (step <= steps) metrics.append([train(step)]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
  }
}

function flush(): void {
  if (unwritten.length === 0) return;
  metrics.append(unwritten);
  metrics.sync();
  const last = unwritten.at(-1)!;
  acknowledge({ record: last.step });
  sendToParent({
    type: 'progress',
    steps,
    epochs,
    secondsLeft: (steps - last.step) / 100,
    imagesPerSecond: 100,
    step: last.step,
    epoch: last.epoch,
    metrics: pickMetrics(last),
  });
  unwritten = [];
}

/** As the real trainer: returns while the checkpoint is written behind its back. */
async function save(step: number): Promise<void> {
  await saving;
  const metadata = { format: '1', step: String(step), seconds: String(step / 100) };
  const state: [string, Float32Array<ArrayBuffer>][] = [
    ['weights', weights.slice()],
    ['moments', moments.slice()],
  ];
  const tensors = new Map(state.map(([name, values]) => [name, { shape: [64], read: async () => values }]));
  const snapshot: Snapshot = { position: { step, seconds: step / 100 }, tensors, metadata };
  const sha256 = createHash('sha256').update(weights).update(moments).digest('hex');
  saving = writeSnapshot(snapshot, { folder, keep: config.checkpoint.keep }).then(() => acknowledge({ checkpoint: step, sha256 }));
}

function restore(): number {
  const load = (file: SafetensorsFile, step: number) => {
    file.verify();
    weights.set(file.read('weights'));
    moments.set(file.read('moments'));
    return step;
  };
  return loadNewestCheckpoint(folder, load, (message) => console.error(message)) ?? 0;
}

/** In a line of its own, also after one that a kill has torn. */
function acknowledge(entry: object): void {
  writeSync(log, `\n${JSON.stringify(entry)}\n`);
  fsyncSync(log);
}

function draw(step: number, purpose: string): number {
  return createRandom(seed, purpose, step).uniform();
}
