import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLease, createLease, releaseLease } from '../../src/results/leases/lease.ts';
import { listClaims, takeShare } from '../../src/runner/executors/local/machine-share.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { statesOf, untilTraining } from '../helpers/running-sweep.ts';

let first: Workplace;
let second: Workplace;
let folder: string;
beforeEach(() => {
  first = createWorkplace();
  second = createWorkplace();
  folder = join(first.folder, 'machine');
  for (const workplace of [first, second]) {
    workplace.trainers = ['succeed', 'succeed'];
    workplace.env = { FACET_MACHINE_FOLDER: folder, TRAINER_STEP_MS: '600' };
  }
});
afterEach(() => {
  first.remove();
  second.remove();
});

const request = { runFolder: '/run', limit: cpus().length, signal: new AbortController().signal, onWait: () => {} };

describe.runIf(process.platform === 'linux')('two sweeps on one machine', () => {
  it('do not take more cores than there are: the second waits for its turn, and says so', async () => {
    for (const workplace of [first, second]) workplace.writeSweep(1); // one run with all cores
    const one = first.facet('run', 'sweep.yaml', '--set', 'training.epochs=500'); // it is stopped long before its end
    await untilTraining(first, 1);
    const two = second.facet('run', 'sweep.yaml');
    await expect
      .poll(
        () =>
          listClaims(folder)
            .map(({ state }) => state)
            .sort(),
        { timeout: 30_000 },
      )
      .toEqual(['granted', 'waiting']);
    expect(statesOf(first)).toEqual(['running']);
    const { stdout } = await second.facet('status', '--machine');
    expect(stdout).toMatch(/^(\d+) of \1 cores taken/);
    expect(stdout).toMatch(/results\/sweep\/.* +running/);
    expect(stdout).toMatch(/results\/sweep\/.* +waiting/);
    one.kill('SIGINT');
    expect((await one).exitCode).toBe(130);
    const { exitCode, all } = await two;
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/Other sweeps have (\d+) of \1 cores of this machine/);
    expect(statesOf(second)).toEqual(['succeeded']);
    expect(listClaims(folder)).toEqual([]);
  });

  it('and a waiting one leaves at once when it is stopped', async () => {
    for (const workplace of [first, second]) workplace.writeSweep(1);
    first.trainers = ['hang'];
    const one = first.facet('run', 'sweep.yaml');
    await untilTraining(first, 1);
    const two = second.facet('run', 'sweep.yaml');
    await expect.poll(() => listClaims(folder).length, { timeout: 30_000 }).toBe(2);
    two.kill('SIGINT');
    expect((await two).exitCode).toBe(130);
    expect(statesOf(second)).toEqual(['queued']);
    one.kill('SIGKILL');
    await one;
    expect(listClaims(folder)).toEqual([]);
  });
});

describe('a share of the machine', () => {
  it('is given at once to the runs of one runner, however many, and given back', async () => {
    const shares = await Promise.all([1, 2, 3].map(() => takeShare({ ...request, folder, cores: cpus().length, cards: [] })));
    expect(listClaims(folder).map(({ state }) => state)).toEqual(['granted', 'granted', 'granted']);
    for (const giveBack of shares) giveBack!();
    expect(listClaims(folder)).toEqual([]);
  });

  it('of a card is another runner’s alone; other cards are free', async () => {
    const lease = createLease(process.ppid); // a process that lives
    const claim = { ...lease, state: 'granted', cores: 0, cards: ['GPU-1'], user: 'other', runFolder: '/other', scope: '' };
    const path = join(folder, `granted-${lease.token}.json`);
    acquireLease(path, claim);
    const other = await takeShare({ ...request, folder, cores: 0, cards: ['GPU-2'] });
    expect(other).toBeInstanceOf(Function);
    let waits = 0;
    const waiting = takeShare({ ...request, folder, cores: 0, cards: ['GPU-1'], onWait: () => waits++ });
    await expect.poll(() => waits).toBeGreaterThan(0);
    releaseLease(path, lease);
    const giveBack = await waiting;
    giveBack!();
    other!();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not waited for where the folder cannot be used', async () => {
    expect(await takeShare({ ...request, folder: '/proc/nowhere', cores: 1, cards: ['GPU-1'] })).toBeInstanceOf(Function);
  });
});
