// What the page of a run offers, and what its requests lead to. test/dashboard/security.test.ts tries them from elsewhere.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunStarter, StartedCommand } from '../../src/dashboard/run-starter.ts';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { acquireLease, createLease, releaseLease } from '../../src/results/leases/lease.ts';
import { experimentRecordFile, outcomeFile, runnerLeaseFile, runRequestFile } from '../../src/results/paths.ts';
import type { OutcomeRecord } from '../../src/results/records.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';

let dashboard: TestDashboard;
let started: string[];
let last: StartedCommand | null;
let problem: string | null;
const starter: RunStarter = {
  findProblem: () => problem,
  start: ({ experiment, id }, what) => void started.push(`${what} ${experiment}/${id}`),
  look: () => last,
};

beforeEach(() => {
  dashboard = createTestDashboard({ starter });
  [started, last, problem] = [[], null, null];
  mkdirSync(folder());
  const runs = [{ id: 'one', axes: {} }];
  writeJsonAtomic(experimentRecordFile(folder()), { format: 1, name: 'e', description: null, file: 'e.yaml', startedAt: '', runs });
});
afterEach(() => dashboard.remove());

const folder = () => join(dashboard.resultsRoot, 'e');
const changes = async () => (await dashboard.get('/api/experiments/e/runs/one/changes')).json();
const post = (action: string, body: unknown, headers = {}) =>
  dashboard.get(`/api/experiments/e/runs/one/${action}`, {
    method: 'POST',
    headers: { host: 'localhost:7860', origin: 'http://localhost:7860', 'sec-fetch-site': 'same-origin', ...headers },
    body: JSON.stringify(body),
  });
const end = (status: OutcomeRecord['status']) => {
  mkdirSync(join(folder(), 'one'), { recursive: true });
  const outcome = { status, message: 'so', finishedAt: '', steps: 1, epochs: 1, seconds: 1, imagesPerSecond: 1 };
  writeFileSync(outcomeFile(join(folder(), 'one')), JSON.stringify(outcome));
};
const withRunner = async (work: (token: string) => Promise<void>) => {
  const lease = createLease();
  acquireLease(runnerLeaseFile(folder()), lease);
  try {
    await work(lease.token);
  } finally {
    releaseLease(runnerLeaseFile(folder()), lease);
  }
};

it.each([
  ['cancelled', 'continue'],
  ['crashed', 'retry'],
  ['diverged', 'retry'],
  ['succeeded', null],
  ['stopped-early', null],
] as const)('offers for a run that is %s: %s', async (status, offer) => {
  end(status);
  expect((await changes()).actions).toMatchObject({ offer, said: '', isStarting: false });
  problem = 'It was started by another user.';
  expect((await changes()).actions.offer).toBeNull();
});

it('offers to start what waits, and to stop it while a runner is at work, which is asked', async () => {
  expect((await changes()).actions).toMatchObject({ offer: 'start', runner: null });
  await withRunner(async (token) => {
    const { actions } = await changes();
    expect(actions).toMatchObject({ offer: 'stop', runner: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect((await post('go-on', { offer: 'start' })).status).toBe(409);
    expect(await (await post('stop', { kind: 'graceful' })).json()).toEqual({ asked: 'stop' });
    const read = () => JSON.parse(readFileSync(runRequestFile(folder(), 'one'), 'utf8'));
    expect(read()).toMatchObject({ token, wish: 'stop', by: expect.stringMatching(/^the dashboard/) });
    expect(await (await post('stop', { kind: 'forced' })).json()).toEqual({ asked: 'end' });
    expect(await (await post('stop', { kind: 'graceful' })).json()).toEqual({ asked: 'stop' });
    expect(read()).toMatchObject({ wish: 'end' });
  });
  expect((await post('stop', { kind: 'graceful' })).status).toBe(409);
  expect(started).toEqual([]);
});

it('stops by a command of its own what trains without a runner of this machine', async () => {
  mkdirSync(join(folder(), 'one'));
  const lease = createLease();
  acquireLease(join(folder(), 'one', 'lease.json'), lease);
  expect((await changes()).actions).toMatchObject({ offer: 'stop', runner: null });
  expect(await (await post('stop', { kind: 'forced' })).json()).toEqual({ asked: 'end' });
  expect(started).toEqual(['end e/one']);
  releaseLease(join(folder(), 'one', 'lease.json'), lease);
});

it('starts what the page has seen, once, and tells what became of it', async () => {
  end('crashed');
  for (const body of [null, {}, { offer: 'stop' }, { offer: 1 }]) expect((await post('go-on', body)).status).toBe(400);
  for (const body of [null, {}, { kind: 'hard' }]) expect((await post('stop', body)).status).toBe(400);
  expect((await post('go-on', { offer: 'continue' })).status).toBe(409);
  expect(await (await post('go-on', { offer: 'retry' })).json()).toEqual({ asked: 'go-on' });
  expect(started).toEqual(['go-on e/one']);
  last = { state: 'starting', said: '' };
  expect(await changes()).toMatchObject({ isActive: true, actions: { isStarting: true } });
  expect((await post('go-on', { offer: 'retry' })).status).toBe(409);
  last = { state: 'failed', said: 'Not started: no file' };
  expect((await changes()).actions).toMatchObject({ offer: 'retry', said: 'Not started: no file', isStarting: false });
  rmSync(join(folder(), 'one'), { recursive: true });
});

it('does nothing for a page that comes by another name, nor where nobody starts anything', async () => {
  end('crashed');
  const served = createTestDashboard({ resultsRoot: dashboard.resultsRoot, canStop: false, starter });
  expect((await (await served.get('/api/experiments/e/runs/one/changes')).json()).actions).toBeNull();
  expect((await post('go-on', { offer: 'retry' }, { origin: 'https://evil.example' })).status).toBe(403);
  const bare = createTestDashboard({ resultsRoot: dashboard.resultsRoot });
  expect((await (await bare.get('/api/experiments/e/runs/one/changes')).json()).actions.offer).toBeNull();
  expect(started).toEqual([]);
});
