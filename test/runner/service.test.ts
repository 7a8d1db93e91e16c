// A sweep through the function that `facet run` calls, without a command line.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { experimentSchema } from '../../src/experiment/schema/schema.ts';
import { UserError } from '../../src/experiment/user-error.ts';
import { acquireLease, createLease } from '../../src/results/leases/lease.ts';
import { requestStop } from '../../src/results/leases/stop-request.ts';
import { runnerLeaseFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { runSweep, type SweepCallbacks } from '../../src/runner/service.ts';
import type { SweepRequest } from '../../src/runner/sweep-request.ts';
import { createPoints, trainer } from '../helpers/sweep.ts';

let root: string;
let resultsRoot: string;
const printed = vi.spyOn(process.stdout, 'write');
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-service-'));
  resultsRoot = join(root, 'results');
  vi.stubEnv('FACET_BACKEND', 'wasm');
  printed.mockClear();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const folder = () => join(resultsRoot, 'sweep');
const states = () => readExperiment(resultsRoot, 'sweep').runs.map((run) => run.state);

/** A run for each trainer, which behaves as its name says. */
function sweepOf(trainers: string[], more: Partial<SweepRequest> = {}) {
  vi.stubEnv('TRAINERS', trainers.join(','));
  const execution = experimentSchema.shape.execution.parse({ parallel: 2 });
  const points = createPoints(trainers.length).map(({ point }) => point);
  const request: SweepRequest = {
    experiment: { name: 'sweep', description: undefined, file: 'sweep.yaml', execution, points },
    resultsRoot,
    data: { identifyDataset: async () => 'the same', prepare: async () => {} },
    origin: { command: ['a', 'test'], file: 'sweep.yaml', codeFolder: root, version: '1.2.3' },
    trainer: trainer('by-seed'),
    graceMs: 2000,
    ...more,
  };
  return (callbacks?: SweepCallbacks) => runSweep(request, callbacks);
}

it('plans, trains and tells what happens, prints nothing, and has nothing to do the second time', async () => {
  const told: string[] = [];
  const run = sweepOf(['succeed', 'fail', 'succeed']);
  const end = await run({
    onHold: () => told.push('hold'),
    onStart: ({ plan, slots, surroundings }) => told.push(`start ${plan.length} on ${slots.length}, ${surroundings.backend.name}`),
    onEvent: (event) => event.type === 'ended' && told.push('ended'),
  });
  expect(told).toEqual(['hold', 'start 3 on 2, wasm', 'ended', 'ended', 'ended']);
  expect(end).toMatchObject({ kind: 'ended', wasStopped: false, isOutOfGpus: false });
  expect(end.kind === 'ended' && end.ends.size).toBe(3);
  expect(states()).toEqual(['succeeded', 'crashed', 'succeeded']);
  expect(readExperiment(resultsRoot, 'sweep').runs[0]?.record?.provenance).toMatchObject({
    command: ['a', 'test'],
    facet: '1.2.3',
    git: null,
  });
  const again = await run();
  expect(again.kind === 'ended' && again.ends.size).toBe(0);
  expect(existsSync(runnerLeaseFile(folder()))).toBe(false);
  expect(printed).not.toHaveBeenCalled();
});

it('does nothing where another process is at work on the experiment, and says which', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  acquireLease(runnerLeaseFile(folder()), createLease(other.pid));
  const onHold = vi.fn();
  expect(await sweepOf(['succeed'])({ onHold })).toMatchObject({ kind: 'held', holder: { pid: other.pid } });
  expect(onHold).not.toHaveBeenCalled();
  expect(states()).toEqual([]);
  other.kill();
});

it('does nothing where the same process is at work on the experiment already', async () => {
  const run = sweepOf(['succeed']);
  const [one, other] = await Promise.all([run(), run()]);
  expect([one.kind, other.kind].sort()).toEqual(['ended', 'held']);
  expect(states()).toEqual(['succeeded']);
});

it('starts nothing where it is stopped while data are prepared', async () => {
  const stop = new AbortController();
  const data = {
    identifyDataset: async () => 'the same',
    prepare: async (_configs: unknown, signal: AbortSignal) => {
      stop.abort('a test');
      signal.throwIfAborted();
      return undefined;
    },
  };
  const run = sweepOf(['succeed'], { data, stop: { graceful: stop.signal, forced: new AbortController().signal } });
  expect(await run()).toEqual({ kind: 'not-started' });
  expect(states()).toEqual(['queued']);
});

it('follows a request to stop in the folder of the experiment, also where nobody listens for it', async () => {
  vi.stubEnv('TRAINER_STEP_MS', '50');
  const run = sweepOf(['succeed', 'succeed', 'succeed']);
  let isAsked = false;
  const end = await run({
    onEvent(event) {
      if (event.type !== 'progress' || isAsked) return;
      isAsked = true;
      requestStop(folder(), { kind: 'graceful', by: 'a test' });
    },
  });
  expect(end).toMatchObject({ kind: 'ended', wasStopped: true });
  expect(states()).toEqual(['cancelled', 'cancelled', 'queued']);
  expect(readExperiment(resultsRoot, 'sweep').runs[0]?.outcome?.message).toContain('Stopped by a test');
});

it('passes on what is wrong with the data, and holds the experiment no longer', async () => {
  const prepare = async () => {
    throw new UserError('dataset.root: expected a folder');
  };
  const run = sweepOf(['succeed'], { data: { identifyDataset: async () => 'the same', prepare } });
  await expect(run()).rejects.toThrow('dataset.root: expected a folder');
  expect(existsSync(runnerLeaseFile(folder()))).toBe(false);
});
