// Successive halving with real children, whose value after each epoch is known beforehand.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HalvingConfig } from '../../src/experiment/schema/sweep-schema.ts';
import type { RunRequests } from '../../src/results/leases/run-requests.ts';
import { readHalvingDecisions } from '../../src/results/lines/halving.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { halvingFile, metricsFile, outcomeFile, runFolder } from '../../src/results/paths.ts';
import { readExperiment, readRun } from '../../src/results/read.ts';
import type { RunnerEvent } from '../../src/runner/run-experiment.ts';
import { createPoints, runSweep, type SweepOptions, trainer } from '../helpers/sweep.ts';

let resultsRoot: string;
beforeEach(() => {
  resultsRoot = mkdtempSync(join(tmpdir(), 'facet-halving-'));
});
afterEach(() => {
  rmSync(resultsRoot, { recursive: true, force: true });
});

const experimentFolder = () => join(resultsRoot, 'sweep');
const states = () => readExperiment(resultsRoot, 'sweep').runs.map((run) => run.state);
const decisions = () => readHalvingDecisions(experimentFolder());
const request = { token: '', requestedAt: '', by: 'a test' };
const byLoss: HalvingConfig = { metric: 'lossG', mode: 'min', minEpochs: 1, factor: 3 };

/** Each run has its value after each epoch; those of six runs differ. */
function contest(values: number[][], options: Partial<SweepOptions> = {}) {
  vi.stubEnv('CONTEST', JSON.stringify(Object.fromEntries(values.map((value, index) => [index + 1, value]))));
  const points = createPoints(values.length, 9);
  const epochsOf = () => points.map(({ id }) => readMetrics(metricsFile(runFolder(resultsRoot, 'sweep', id))).records.at(-1)?.epoch ?? 0);
  const run = (more: Partial<SweepOptions> = {}) =>
    runSweep({ resultsRoot, points, trainer: trainer('contest'), halving: byLoss, slots: 1, ...options, ...more });
  return { points, run, epochsOf };
}

describe('a sweep with successive halving', () => {
  it('trains the best run to its end, stops the others early, and says why of each', async () => {
    const { run, points, epochsOf } = contest([[6], [2], [5], [1], [4], [3]]);
    await run();
    expect(states()).toEqual(['stopped-early', 'stopped-early', 'stopped-early', 'succeeded', 'stopped-early', 'stopped-early']);
    expect(epochsOf()).toEqual([1, 3, 1, 9, 1, 1]);
    const messages = points.map(({ id }) => readRun(runFolder(resultsRoot, 'sweep', id)).outcome?.message);
    expect(messages[2]).toBe('lossG 5 was 5th of 6 after epoch 1; the best 2 go on');
    expect(messages[1]).toBe('lossG 2 was 2nd of 2 after epoch 3; the best goes on once 3 have come so far');
    expect(decisions().filter(({ decision }) => decision === 'promoted')).toMatchObject([
      { run: points[1]!.id, rung: 0, epoch: 1, metric: 'lossG', value: 2, reason: 'lossG 2 was 1st of 3 after epoch 1; it goes on' },
      { run: points[3]!.id, rung: 0, epoch: 1, value: 1 },
      {
        run: points[3]!.id,
        rung: 1,
        epoch: 3,
        value: 1,
        reason: 'lossG 1 was 1st of 2 after epoch 3; it goes on as the best of those there are',
      },
    ]);
    expect(decisions().at(-1)).toMatchObject({ run: points[3]!.id, decision: 'finished', epoch: 9, value: 1 });
    const steps = readMetrics(metricsFile(runFolder(resultsRoot, 'sweep', points[3]!.id))).records.map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    const outcomes = () => points.map(({ id }) => readFileSync(outcomeFile(runFolder(resultsRoot, 'sweep', id)), 'utf8'));
    const before = outcomes();
    expect((await run()).size).toBe(0);
    expect(outcomes()).toEqual(before);
  });

  it('compares what an evaluation found, and where more is better the most', async () => {
    vi.stubEnv('CONTEST_EVALUATES', 'yes');
    const halving: HalvingConfig = { metric: 'slicedWasserstein', mode: 'max', minEpochs: 3, factor: 2 };
    const { run, epochsOf } = contest(
      [
        [0, 0, 0.3],
        [9, 9, 0.1],
        [5, 5, 0.4],
        [0, 0, 0.2],
      ],
      { halving, slots: 3 },
    );
    await run();
    expect(states()[2]).toBe('succeeded');
    expect(epochsOf()[1]).toBe(3);
    expect(decisions().every(({ metric }) => metric === 'slicedWasserstein')).toBe(true);
  });

  it('goes no further with runs whose metric nobody recorded, and says so', async () => {
    const { run } = contest([[1], [2], [3]], { halving: { ...byLoss, metric: 'slicedWasserstein' } });
    await run();
    expect(states()).toEqual(['stopped-early', 'stopped-early', 'stopped-early']);
    expect(decisions()[0]?.reason).toBe('no slicedWasserstein was recorded after epoch 1, so that it cannot be compared');
  });

  it('goes on with a run that it had stopped when runs are added that are worse', async () => {
    const first = contest([[3], [1], [2]]);
    await first.run();
    expect(states()).toEqual(['stopped-early', 'succeeded', 'stopped-early']);
    const wider = contest([[3], [1], [2], [7], [8], [9]]);
    await wider.run();
    expect(wider.epochsOf()).toEqual([1, 9, 3, 1, 1, 1]);
    expect(states()[2]).toBe('stopped-early'); // 2nd of 2 after epoch 3
  });

  it('trains all runs to their ends once the file has no halving any more', async () => {
    const { run } = contest([[3], [1], [2]]);
    await run();
    await run({ halving: undefined });
    expect(states()).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('passes over a run that fails, and starts it again only where that is asked for', async () => {
    const { run, points } = contest([[1], [2], [3], [4], [5], [6]]);
    const broken = JSON.parse(process.env.CONTEST!);
    vi.stubEnv('CONTEST', JSON.stringify({ ...broken, 1: null }));
    await run();
    expect(states()).toEqual(['crashed', 'succeeded', ...Array(4).fill('stopped-early')]);
    vi.stubEnv('CONTEST', JSON.stringify(broken));
    await run({ retryFailed: true });
    expect(states()[0]).toBe('succeeded');
    expect(readRun(runFolder(resultsRoot, 'sweep', points[0]!.id)).outcome?.epochs ?? 0).toBeGreaterThan(0);
  });

  it.each([
    [1, 'an only slot'],
    [2, 'two slots'],
  ])('trains the next best to its end where a run that had gone on fails for good, with %i: %s', async (slots) => {
    vi.stubEnv('CONTEST_FAILS_AT', JSON.stringify({ 2: 6 }));
    const { run, points, epochsOf } = contest([[3], [1], [2]], { slots });
    await run();
    expect(states()).toEqual(['stopped-early', 'crashed', 'succeeded']);
    expect(epochsOf()).toEqual([1, 3, 9]);
    expect(decisions().at(-1)).toMatchObject({ run: points[2]!.id, decision: 'finished' });
    expect((await run()).size).toBe(0);
  });

  it('trains the next best to its end on the next start where the sweep was left with none but a failed run that had gone on', async () => {
    vi.stubEnv('CONTEST_FAILS_AT', JSON.stringify({ 2: 6 }));
    const { run } = contest([[3], [1], [2]]);
    const stop = new AbortController();
    const stopAfterFailure = (event: RunnerEvent) => event.type === 'ended' && event.end.outcome?.status === 'crashed' && stop.abort();
    await run({ graceful: stop.signal, onEvent: stopAfterFailure });
    expect(states()).toEqual(['stopped-early', 'crashed', 'stopped-early']);
    await run();
    expect(states()).toEqual(['stopped-early', 'crashed', 'succeeded']);
  });

  it('counts a run that a person has stopped in no comparison, so that others take its place, until it goes on', async () => {
    vi.stubEnv('TRAINER_STEP_MS', '40');
    const { run, points, epochsOf } = contest([[3], [1], [2]]);
    let ask: (run: string, wish: 'stop' | 'go-on') => void = () => {};
    const requests: RunRequests = { listen: (take) => (ask = (id, wish) => take(id, { ...request, wish })), close: () => {} };
    const id = points[1]!.id;
    const stopPromoted = (event: RunnerEvent) =>
      event.type === 'progress' && event.run.id === id && event.message.type === 'progress' && event.message.epoch === 2 && ask(id, 'stop');
    await run({ requests, onEvent: stopPromoted });
    expect(states()).toEqual(['stopped-early', 'cancelled', 'succeeded']);
    const kept = readFileSync(outcomeFile(runFolder(resultsRoot, 'sweep', points[2]!.id)), 'utf8');

    await run({ only: new Set([id]) });
    expect(states()).toEqual(['stopped-early', 'succeeded', 'succeeded']); // compared with what the others have shown: it is the best
    expect(epochsOf()).toEqual([1, 9, 9]);
    expect(readFileSync(outcomeFile(runFolder(resultsRoot, 'sweep', points[2]!.id)), 'utf8')).toBe(kept);
  });

  it('gives a run that is stopped before its first epoch no place, and takes it up when it is asked for', async () => {
    const { run, points } = contest([[3], [1], [2], [0.5]]);
    let take: Parameters<RunRequests['listen']>[0] = () => {};
    const requests: RunRequests = { listen: (next) => (take = next), close: () => {} };
    const id = points[3]!.id;
    const onEvent = (event: RunnerEvent) => {
      if (event.type === 'launched' && event.run.id === points[0]!.id) take(id, { ...request, wish: 'stop' });
      if (event.type === 'launched' && event.run.id === points[2]!.id) take(id, { ...request, wish: 'go-on' });
    };
    await run({ requests, onEvent });
    expect(states()).toEqual(['stopped-early', 'stopped-early', 'stopped-early', 'succeeded']);
    const steps = readMetrics(metricsFile(runFolder(resultsRoot, 'sweep', id))).records.map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
  });

  it('promotes a run that failed on a broken GPU and was started again on another', async () => {
    vi.stubEnv('BROKEN_GPU', 'GPU-bad');
    const { run } = contest([[1], [2], [3], [4], [5], [6]], { slots: 2, gpus: ['GPU-bad', 'GPU-good'] });
    await run();
    expect(states()).toEqual(['succeeded', ...Array(5).fill('stopped-early')]);
  });

  it('counts the time limit of a run over its promotions', async () => {
    vi.stubEnv('CONTEST_SECONDS', '5'); // 10 s after the first comparison, 30 s after the second
    const { run, points } = contest([[3], [1], [2]], { execution: { timeout: '25s' } });
    await run();
    expect(states()).toEqual(['timed-out', 'timed-out', 'timed-out']); // each takes the place of the one before
    expect(readRun(runFolder(resultsRoot, 'sweep', points[1]!.id)).outcome).toMatchObject({ epochs: 3, steps: 6 });
  });

  it('needs nothing of its log: without it, or with a torn one, it goes on in the same way', async () => {
    const { run, points } = contest([[6], [2], [5], [1], [4], [3]]);
    const stop = new AbortController();
    await run({
      graceful: stop.signal,
      onEvent: (event) => event.type === 'decided' && event.decision.decision === 'promoted' && stop.abort(),
    });
    writeFileSync(halvingFile(experimentFolder()), '{"run": "torn');
    for (const { id } of points) rmSync(outcomeFile(runFolder(resultsRoot, 'sweep', id)), { force: true });
    await run();
    expect(states()).toEqual(['stopped-early', 'stopped-early', 'stopped-early', 'succeeded', 'stopped-early', 'stopped-early']);
    expect(decisions().map(({ decision }) => decision)).toContain('promoted');
    appendFileSync(halvingFile(experimentFolder()), 'nonsense\n[]\n');
    expect(decisions().length).toBeGreaterThan(0);
    expect(readdirSync(experimentFolder()).filter((name) => name.startsWith('halving'))).toEqual(['halving.jsonl']);
  });
});
