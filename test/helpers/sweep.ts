// Runs sweeps of the fixture trainers in a results folder of their own.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { experimentSchema, runConfigSchema, type SweepPoint } from '../../src/experiment/schema/schema.ts';
import type { HalvingConfig } from '../../src/experiment/schema/sweep-schema.ts';
import type { RunRequests } from '../../src/results/leases/run-requests.ts';
import { runFolder } from '../../src/results/paths.ts';
import { readRun } from '../../src/results/read.ts';
import type { Executor } from '../../src/runner/executors/executor.ts';
import { createLocalExecutor } from '../../src/runner/executors/local/local.ts';
import { type IdentifiedPoint, planRuns } from '../../src/runner/plan/plan.ts';
import { type RunnerEvent, recordExperiment, runExperiment } from '../../src/runner/run-experiment.ts';

export const trainer = (name: string): string => fileURLToPath(new URL(`../fixtures/trainers/${name}.mjs`, import.meta.url));

/** Points that differ in their seed: 1, 2, … */
export function createPoints(count: number, epochs = 5): IdentifiedPoint[] {
  return Array.from({ length: count }, (_, index) => {
    const config = runConfigSchema.parse({ attributes: ['Male'], training: { seed: index + 1, epochs } });
    const point: SweepPoint = { config, axes: { 'training.seed': String(index + 1) } };
    const hash = createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 12);
    return { id: `seed${index + 1}-${hash}`, point, dataIdentity: 'none' };
  });
}

/** Real child processes of the fixture trainers. */
function createTestExecutor(options: { trainer?: string | undefined; prefix?: readonly string[] } = {}): Executor {
  return createLocalExecutor({
    trainer: options.trainer ?? trainer('by-seed'),
    prefix: options.prefix ?? [],
    machine: { gpus: [], cores: 2, freeMemoryBytes: 8e9 },
  });
}

export interface SweepOptions {
  resultsRoot: string;
  points: IdentifiedPoint[];
  trainer?: string;
  slots?: number;
  /** Of the file, over defaults that suit a test. */
  execution?: z.input<typeof experimentSchema.shape.execution>;
  retryFailed?: boolean;
  halving?: HalvingConfig;
  /** uuid of the GPU of each slot; default: GPUs are left alone. */
  gpus?: string[];
  graceMs?: number;
  /** Default: child processes of `trainer`. */
  executor?: Executor;
  prefix?: readonly string[];
  fresh?: boolean;
  graceful?: AbortSignal;
  forced?: AbortSignal;
  /** Ids of the runs that are wanted alone. */
  only?: ReadonlySet<string>;
  requests?: RunRequests;
  onEvent?(event: RunnerEvent): void;
}

/** Plans and runs; returns how each run that was started ended, by id. */
export async function runSweep(options: SweepOptions) {
  const { resultsRoot, points, slots = 2, graceMs = 300, prefix = [], onEvent = () => {} } = options;
  const never = new AbortController().signal;
  const plan = planRuns(points, (id) => readRun(runFolder(resultsRoot, 'sweep', id)).state, {
    ...options,
    halving: options.halving !== undefined,
  });
  const execution = experimentSchema.shape.execution.parse({ backoff: 0.01, ...options.execution });
  const experiment = { name: 'sweep', description: undefined, file: 'sweep.yaml', execution, halving: options.halving };
  recordExperiment({ resultsRoot, experiment, plan, command: ['facet', 'run', experiment.file] });
  const { ends } = await runExperiment({
    resultsRoot,
    experiment,
    plan,
    slots: Array.from({ length: slots }, (_, index) => ({ index, gpus: options.gpus ? [options.gpus[index]!] : null, threads: 1 })),
    executor: options.executor ?? createTestExecutor({ trainer: options.trainer, prefix }),
    graceMs,
    provenance: {
      createdAt: '2026-01-01T00:00:00.000Z',
      command: ['facet', 'run', 'sweep.yaml'],
      experimentFile: 'sweep.yaml',
      facet: '0.0.0',
      node: process.version,
      platform: process.platform,
      backend: { name: 'wasm', version: 'none', reason: 'test' },
      hardware: { cpu: 'none', cores: 2, memoryBytes: 0, gpus: [] },
      git: null,
    },
    stop: { graceful: options.graceful ?? never, forced: options.forced ?? never },
    ...(options.requests && { requests: options.requests }),
    onEvent,
  });
  return new Map([...ends].map(([run, end]) => [run.id, end]));
}
