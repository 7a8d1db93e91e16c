// A results folder as a sweep leaves it half-way: 2, 5 and 10 attributes, three seeds each, in every state
// that a run can be in, with the faults that disks and kills leave behind.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/experiment/random.ts';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { acquireLease, createLease } from '../../src/results/leases/lease.ts';
import { EvaluationsWriter } from '../../src/results/lines/evaluations.ts';
import { MetricsWriter } from '../../src/results/lines/metrics.ts';
import {
  evaluationsFile,
  experimentRecordFile,
  leaseFile,
  logFile,
  metricsFile,
  outcomeFile,
  runFile,
  runnerLeaseFile,
} from '../../src/results/paths.ts';
import type {
  AttributeMeasure,
  EvaluationFile,
  ExperimentRecord,
  Measured,
  MetricsRecord,
  OutcomeRecord,
  RunRecord,
  RunState,
} from '../../src/results/records.ts';
import { writeEvaluation } from '../../src/results/write-run.ts';
import { writeExampleGrid } from './example-grids.ts';

export const EXAMPLE_ATTRIBUTES: Record<string, string[]> = {
  two: ['Male', 'Young'],
  five: ['Male', 'Young', 'Smiling', 'Eyeglasses', 'Blond_Hair'],
  ten: 'Bald Black_Hair Blond_Hair Brown_Hair Gray_Hair Male No_Beard Receding_Hairline Straight_Hair Wavy_Hair'.split(' '),
};

/** State and share of the epochs done, by run. 'crashed' here is a run whose process died of a signal. */
const EXAMPLE_RUNS: [axis: string, seed: number, state: RunState, share: number][] = [
  ['two', 1, 'succeeded', 1],
  ['two', 2, 'succeeded', 1],
  ['two', 3, 'timed-out', 0.75],
  ['five', 1, 'succeeded', 1],
  ['five', 2, 'running', 0.6],
  ['five', 3, 'interrupted', 0.5],
  ['ten', 1, 'diverged', 0.4],
  ['ten', 2, 'crashed', 0.25],
  ['ten', 3, 'queued', 0],
];

export interface ExampleOptions {
  name?: string;
  epochs?: number;
  stepsPerEpoch?: number;
  rows?: number;
  imageSize?: 32 | 64 | 128;
  /** Whether an oracle has judged the runs. */
  hasOracle?: boolean;
}

/** Writes the experiment and returns its run ids, by label, e.g. ids['five 2']. */
export async function writeExampleResults(resultsRoot: string, options: ExampleOptions = {}): Promise<Record<string, string>> {
  const { name = 'attr-sweep', epochs = 8, stepsPerEpoch = 90, rows = 4, imageSize = 64, hasOracle = false } = options;
  const experiment = join(resultsRoot, name);
  const ids: Record<string, string> = {};
  const runs: ExperimentRecord['runs'] = [];
  for (const [axis, seed, state, share] of EXAMPLE_RUNS) {
    const attributes = EXAMPLE_ATTRIBUTES[axis]!;
    const id = `${axis}-seed${seed}-${createRandom(0, axis, seed).integer(0xffffff).toString(16).padStart(6, '0')}`;
    const axes = { attributes: axis, 'training.seed': String(seed) };
    runs.push({ id, axes });
    ids[`${axis} ${seed}`] = id;
    if (state === 'queued') continue;
    const folder = join(experiment, id);
    mkdirSync(folder, { recursive: true });
    writeJsonAtomic(runFile(folder), exampleRun({ id, experiment: name, axes, attributes, seed, epochs, imageSize }));
    const steps = Math.round(epochs * stepsPerEpoch * share);
    writeExampleMetrics(folder, { count: attributes.length, seed, steps, stepsPerEpoch, diverge: state === 'diverged' });
    writeExampleEvaluations(folder, { count: attributes.length, seed, stepsPerEpoch, epochs: Math.floor(epochs * share), hasOracle });
    if (hasOracle && state === 'succeeded') writeEvaluation(folder, exampleEvaluation({ attributes, seed, epochs, stepsPerEpoch }));
    for (let epoch = 1; epoch <= Math.floor(epochs * share); epoch++) {
      const blur = 1 - epoch / epochs;
      await writeExampleGrid(folder, { epoch, step: epoch * stepsPerEpoch, attributes, rows, imageSize, blur });
    }
    writeExampleEnd(folder, state, { steps, epochs: Math.floor(epochs * share) });
  }
  const description = 'How many binary attributes can one conditional DCGAN learn? Synthetic faces, three seeds.';
  const record: ExperimentRecord = {
    format: 1,
    name,
    description,
    file: `experiments/${name}.yaml`,
    startedAt: '2026-01-10T09:00:00.000Z',
    runs,
  };
  writeJsonAtomic(experimentRecordFile(experiment), record);
  acquireLease(runnerLeaseFile(experiment), createLease());
  return ids;
}

export interface ExampleRun {
  id: string;
  experiment: string;
  axes: Record<string, string>;
  attributes: string[];
  seed?: number;
  epochs?: number;
  imageSize?: 32 | 64 | 128;
}

export function exampleRun({ id, experiment, axes, attributes, seed = 1, epochs = 8, imageSize = 64 }: ExampleRun): RunRecord {
  return {
    format: 1,
    id,
    experiment,
    axes,
    config: runConfigSchema.parse({
      attributes,
      dataset: { source: 'synthetic', images: 12000, imageSize },
      model: { width: 64 },
      training: { seed, epochs },
    }),
    dataIdentity: 'synthetic-1c9d03',
    provenance: {
      createdAt: '2026-01-10T09:00:00.000Z',
      command: ['facet', 'run', `experiments/${experiment}.yaml`],
      experimentFile: `experiments/${experiment}.yaml`,
      facet: '0.1.0',
      node: 'v20.19.0',
      platform: 'linux x64',
      backend: { name: 'tensorflow', version: 'TensorFlow 2.21.0 (CPU)', reason: 'no NVIDIA driver was found' },
      hardware: { cpu: 'Example CPU at 2.4 GHz', cores: 2, memoryBytes: 16 * 2 ** 30, gpus: [] },
      git: { commit: '45c4074e0c2f1a7b9d8e6f5a4b3c2d1e0f9a8b7c', dirty: true },
      threads: 1,
    },
  };
}

export interface ExampleMetrics {
  count: number;
  seed: number;
  from?: number;
  steps: number;
  stepsPerEpoch: number;
  diverge?: boolean;
}

/** Appends the metrics of steps from..steps. A diverging run ends in NaN and in a line that the kill tore. */
export function writeExampleMetrics(folder: string, { count, seed, from = 1, steps, stepsPerEpoch, diverge }: ExampleMetrics): void {
  const random = createRandom(0, 'metrics', seed, count, from);
  const records: MetricsRecord[] = [];
  for (let step = from; step <= steps; step++) {
    const warm = 1 - Math.exp(-step / 120);
    const drift = Math.log(count) * 0.35;
    const spike = random.uniform() < 0.006 ? 3 + 4 * random.uniform() : 0;
    const isBad = diverge === true && step > steps - 3;
    records.push({
      step,
      epoch: Math.ceil(step / stepsPerEpoch),
      seconds: step * 0.11 * (1 + count / 50),
      imagesPerSecond: 1150 / (1 + count / 50) + 20 * random.normal(),
      lossD: isBad ? Number.NaN : 1.38 - (0.5 + drift * 0.3) * warm + 0.09 * random.normal(),
      lossG: isBad ? Number.NaN : 0.7 + (0.9 + drift) * warm + 0.22 * random.normal() + spike,
      dReal: isBad ? Number.NaN : Math.min(0.99, 0.5 + (0.14 + drift * 0.14) * warm + 0.04 * random.normal()),
      dFake: isBad ? Number.NaN : Math.max(0.01, 0.5 - (0.17 + drift * 0.14) * warm + 0.04 * random.normal()),
    });
  }
  const writer = new MetricsWriter(metricsFile(folder), from - 1);
  writer.append(records);
  writer.close();
  if (diverge) appendFileSync(metricsFile(folder), `{"step":${steps + 1},"epo`);
}

interface ExampleEvaluations {
  count: number;
  seed: number;
  stepsPerEpoch: number;
  epochs: number;
  hasOracle: boolean;
}

function writeExampleEvaluations(folder: string, { count, seed, stepsPerEpoch, epochs, hasOracle }: ExampleEvaluations): void {
  const random = createRandom(0, 'evaluations', seed, count);
  const writer = new EvaluationsWriter(evaluationsFile(folder), 0);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const slicedWasserstein = 0.1 + 0.02 * Math.log(count) + 0.3 * Math.exp(-epoch / 2) + 0.01 * random.normal();
    const isJudged = hasOracle && epoch % 2 === 0;
    const values = { slicedWasserstein, ...(isJudged ? exampleOracleValues(count, { seed, epoch }) : {}) };
    writer.append([{ step: epoch * stepsPerEpoch, epoch, values }]);
  }
  writer.close();
}

/** Better with each epoch, worse with each attribute. */
function exampleOracleValues(count: number, { seed, epoch }: { seed: number; epoch: number }): Record<string, number> {
  const random = createRandom(0, 'oracle', seed, count, epoch);
  const accuracy = 0.98 - 0.02 * Math.log(count) - 0.4 * Math.exp(-epoch / 2) + 0.005 * random.normal();
  return {
    attributeAccuracy: accuracy,
    worstAttributeAccuracy: accuracy - 0.03 * Math.log(count),
    relativeAccuracy: accuracy / 0.99,
    worstRelativeAccuracy: (accuracy - 0.03 * Math.log(count)) / 0.99,
    frechetDistance: 20 + 6 * count + 100 * Math.exp(-epoch / 2) + 3 * random.normal(),
    kernelDistance: 0.004 + 0.001 * count + 0.0002 * random.normal(),
    precision: 0.8 + 0.01 * random.normal(),
    recall: 0.6 + 0.01 * random.normal(),
    density: 0.9 + 0.01 * random.normal(),
    coverage: 0.7 + 0.01 * random.normal(),
    diversity: 0.75 - 0.02 * count + 0.01 * random.normal(),
  };
}

interface ExampleEvaluation {
  attributes: string[];
  seed?: number;
  epochs?: number;
  stepsPerEpoch?: number;
}

/** As an oracle has judged 10,000 pictures of a run, which was best an epoch before its end. It tells Young badly. */
function exampleEvaluation({ attributes, seed = 1, epochs = 8, stepsPerEpoch = 90 }: ExampleEvaluation): EvaluationFile {
  const measure = (epoch: number): Measured => {
    const values = exampleOracleValues(attributes.length, { seed, epoch });
    values.slicedWasserstein = 0.15 + 0.001 * seed;
    const judged = attributes.map((name, i): [string, AttributeMeasure] => {
      const balanced = name === 'Young' ? 0.71 : values.relativeAccuracy! - 0.01 * i;
      return [name, { balanced, relative: balanced / (name === 'Young' ? 0.85 : 0.99), reliable: name !== 'Young' }];
    });
    return { step: epoch * stepsPerEpoch, epoch, pictures: 10_000, values, attributes: Object.fromEntries(judged) };
  };
  const accuracy = EXAMPLE_LABELS.map((name) => [name, { balanced: name === 'Young' ? 0.85 : 0.99, on: 900, off: 3100 }]);
  const floor = { frechetDistance: 1.6, kernelDistance: 0.0001, attributeAccuracy: 0.99, relativeAccuracy: 1, slicedWasserstein: 0.04 };
  return {
    format: 1,
    oracle: { identity: 'oracle-1', heldOut: 'other seed', pictures: 4000, accuracy: Object.fromEntries(accuracy) },
    bestBy: 'frechetDistance',
    floor,
    last: measure(epochs),
    best: measure(Math.max(1, epochs - 1)),
  };
}

const EXAMPLE_LABELS = [...new Set(Object.values(EXAMPLE_ATTRIBUTES).flat())];

function writeExampleEnd(folder: string, state: RunState, { steps, epochs }: { steps: number; epochs: number }): void {
  const lines = Array.from({ length: epochs }, (_, i) => `epoch ${i + 1}: grid written`);
  writeFileSync(
    logFile(folder),
    ['TensorFlow 2.21.0 (CPU), 1 thread', 'data: 12000 pictures', ...lines, ...(LAST_WORDS[state] ?? [])].join('\n'),
  );
  if (state === 'running') acquireLease(leaseFile(folder), createLease());
  else if (state === 'interrupted') writeJsonAtomic(leaseFile(folder), { ...createLease(), pid: 2 ** 22 + 1, startTime: 1 });
  else if (state !== 'queued') {
    const outcome: OutcomeRecord = {
      status: state,
      message: MESSAGES[state]!(steps),
      finishedAt: '2026-01-10T09:05:00.000Z',
      steps,
      epochs,
      seconds: steps * 0.12,
      imagesPerSecond: steps === 0 ? null : 1020,
      ...(state === 'crashed' ? { signal: 'SIGSEGV' } : {}),
    };
    writeJsonAtomic(outcomeFile(folder), outcome);
  }
}

const LAST_WORDS: Partial<Record<RunState, string[]>> = {
  crashed: ['OOM when allocating tensor with shape [128,1024,4,4]', '<b>not markup</b> & "quotes"'],
  diverged: ['lossG is NaN'],
};

const MESSAGES: Partial<Record<OutcomeRecord['status'], (steps: number) => string>> = {
  succeeded: (steps) => `finished ${steps} steps`,
  diverged: (steps) => `lossG became NaN at step ${steps - 2}`,
  failed: () => 'the packed data could not be read',
  crashed: () => 'killed by SIGSEGV; its last line was: OOM when allocating tensor with shape [128,1024,4,4]',
  'timed-out': () => 'stopped after 6 h, its time limit',
};
