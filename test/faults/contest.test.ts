// Who may work where: two runners at the same instant, and a trainer that its runner has left behind.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLease } from '../../src/results/leases/lease.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile, runnerLeaseFile } from '../../src/results/paths.ts';
import { type Run, readExperiment } from '../../src/results/read.ts';
import { type Battlefield, buildPrograms, createBattlefield, type Programs } from './battlefield.ts';
import { childrenOf, findMarked, kill } from './processes.ts';
import { hashOf, newestCheckpoint, readAcknowledgements } from './promises.ts';
import { runUndisturbed } from './reference.ts';

const ROUNDS = Number(process.env.FACET_FAULTS || 20) >= 200 ? 50 : 3;

let programs: Programs;
let field: Battlefield;
beforeAll(async () => {
  programs = await buildPrograms();
});
afterAll(() => programs.remove());
beforeEach(() => {
  field = createBattlefield(programs);
});
afterEach(() => field.remove());

const run = () => field.facet('run', 'sweep.yaml');

it(`of two runners at the same instant, ${ROUNDS} times, one works and the other ends with 3`, { timeout: ROUNDS * 30_000 }, async () => {
  field.writeSweep(1, {});
  const lease = runnerLeaseFile(join(field.results, 'sweep'));
  field.env.FAULTS_HOLD = join(field.folder, 'go on');
  field.env.FAULTS_STEP_MS = '0';
  for (let round = 0; round < ROUNDS; round++) {
    for (const path of [field.results, field.acknowledgements, field.env.FAULTS_HOLD]) rmSync(path, { recursive: true, force: true });
    for (const path of [field.acknowledgements, dirname(lease)]) mkdirSync(path, { recursive: true });
    if (round % 2 === 1) writeFileSync(lease, JSON.stringify({ ...createLease(), startTime: 1 })); // of a runner that died
    const both = [run(), run()];
    const loser = await Promise.race([...both, sleep(20_000, null)]);
    writeFileSync(field.env.FAULTS_HOLD, '');
    const ends = await Promise.all(both);
    expect(loser?.exitCode, `round ${round}: ${ends.map(({ all }) => all).join('\n')}`).toBe(3);
    expect(loser?.stderr).toMatch(/^sweep is being run by process \d+ on \S+ since .*$/m);
    expect(ends.map(({ exitCode }) => exitCode).sort()).toEqual([0, 3]);
    const [only] = readExperiment(field.results, 'sweep').runs;
    expect(readAcknowledgements(field, only!.id).filter(({ resume }) => resume !== undefined)).toHaveLength(1);
    expect(existsSync(lease)).toBe(false);
  }
});

it.runIf(process.platform === 'linux')(
  'a trainer that outlives its runner and writes on, deaf, is ended before its run goes on, and no record comes twice',
  { timeout: 240_000 },
  async () => {
    const { reference } = await runUndisturbed(programs);
    field.writeSweep(1, {});
    Object.assign(field.env, { FAULTS_DEAF: '1', FAULTS_STEP_MS: '0', PATH: '/nonexistent' }); // no setpriv there
    const killed = run();
    const steps = () =>
      readExperiment(field.results, 'sweep').runs.flatMap(({ folder }) => readMetrics(metricsFile(folder)).records).length;
    await expect.poll(steps, { timeout: 20_000, interval: 10 }).toBeGreaterThan(9);
    for (const pid of childrenOf(killed.pid!)) if (!findMarked(field.mark).some((marked) => marked.pid === pid)) kill(pid, 'SIGKILL'); // the guard
    kill(killed.pid!, 'SIGKILL');
    const before = steps();
    await expect.poll(steps, { timeout: 30_000, interval: 10 }).toBeGreaterThan(before); // it does live on
    const orphans = findMarked(field.mark);
    expect(orphans).toHaveLength(1);
    await expect.poll(() => readExperiment(field.results, 'sweep').runner, { timeout: 10_000 }).toBeNull(); // the kernel takes a moment
    expect(readExperiment(field.results, 'sweep').runs).toMatchObject([{ state: 'running' }]);

    delete field.env.FAULTS_DEAF;
    const { exitCode, all } = await run();
    await killed;
    expect(exitCode, all).toBe(0);
    expect(findMarked(field.mark)).toEqual([]);
    const [{ id, folder }] = readExperiment(field.results, 'sweep').runs as [Run];
    expect(readFileSync(metricsFile(folder)).equals(reference.get(hashOf(id))!.metrics)).toBe(true);
    expect(newestCheckpoint(folder).equals(reference.get(hashOf(id))!.weights)).toBe(true);
  },
);
