// facet run --after, beside the facet run that it waits for, as processes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readQueuePlace, writeHolding } from '../../src/results/leases/holding.ts';
import { readLiveLease } from '../../src/results/leases/lease.ts';
import { runnerLeaseFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
const names = ['next', 'third', 'sweep'];
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed'];
  workplace.env.TRAINER_STEP_MS = '20';
  workplace.writeSweep(1);
  for (const name of ['next', 'third']) {
    const text = readFileSync(join(workplace.folder, 'sweep.yaml'), 'utf8');
    writeFileSync(join(workplace.folder, `${name}.yaml`), text.replace('name: sweep', `name: ${name}`));
  }
});
afterEach(async () => {
  for (const name of names) if (holderOf(name)) await workplace.facet('stop', name, '--now');
  workplace.remove();
});

const folderOf = (name: string) => join(workplace.results, name);
const holderOf = (name: string) => readLiveLease(runnerLeaseFile(folderOf(name)));
const statesOf = (name: string) => readExperiment(workplace.results, name).runs.map(({ state }) => state);
/** Trains until it is stopped. In an object, as the process itself is a promise of its end. */
const startSweep = async () => {
  const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=100000');
  await untilTraining(workplace, 1);
  return { runner };
};
const untilWaiting = (name: string, behind: string) => expect.poll(() => readQueuePlace(folderOf(name)), { timeout: 60_000 }).toBe(behind);

describe('facet run --after', () => {
  it('waits, is told by status, and starts once the other has ended, whatever became of its runs', async () => {
    const { runner: first } = await startSweep();
    const second = workplace.facet('run', 'next.yaml', '--after', 'sweep');
    await untilWaiting('next', 'sweep');
    const third = await workplace.facet('run', 'third.yaml', '--after', 'next.yaml', '--detach');
    expect(third).toMatchObject({ exitCode: 0 });
    expect(third.stdout).toMatch(/^third: waits until next has ended, as process \d+, and goes on without this terminal\.$/m);
    const { stdout } = await workplace.facet('status');
    expect(stdout).toMatch(/^next {2}1 run: 1 waiting {2}\d+ B {2}waits until sweep has ended: process \d+ on /m);
    expect(stdout).toMatch(/^third {2}1 run: 1 waiting {2}\d+ B {2}waits until next has ended: process \d+ on /m);
    expect(statesOf('next')).toEqual(['queued']);
    process.kill(first.pid!, 'SIGKILL');
    const { exitCode, all } = await second;
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(new RegExp(`^next waits until sweep has ended, which process ${first.pid} on .+ runs since .+\\.$`, 'm'));
    await first;
    await expect.poll(() => holderOf('third'), { timeout: 60_000 }).toBeNull();
    expect(['sweep', 'next', 'third'].map((name) => statesOf(name)[0])).toEqual(['interrupted', 'succeeded', 'succeeded']);
    for (const name of names) expect(existsSync(join(folderOf(name), 'holder.json'))).toBe(false);
  });

  it('ends at once at Ctrl-C and by facet stop, and starts nothing', async () => {
    const { runner: first } = await startSweep();
    for (const end of ['Ctrl-C', 'stop']) {
      const second = workplace.facet('run', 'next.yaml', '--after', 'sweep');
      await untilWaiting('next', 'sweep');
      if (end === 'stop') expect((await workplace.facet('stop', 'next')).exitCode).toBe(0);
      else second.kill('SIGINT');
      const { exitCode, all } = await second;
      expect(exitCode, all).toBe(130);
      expect(all).toContain('Stopped before any run was started.');
      expect(statesOf('next')).toEqual(['queued']);
    }
    expect(statesOf('sweep')).toEqual(['running']);
    expect((await workplace.facet('stop', 'sweep')).exitCode).toBe(0);
    await first;
  });

  it('starts at once where there is nobody to wait for, and says why', async () => {
    const noSuch = await workplace.facet('run', 'next.yaml', '--after', 'nxt');
    expect(noSuch.stdout).toContain('--after nxt: not waiting for it. Expected an experiment');
    const ended = await workplace.facet('run', 'sweep.yaml', '--after', 'next');
    expect(ended.stdout).toContain('Nobody runs "next": not waiting for it.');
    expect([noSuch.exitCode, ended.exitCode]).toEqual([0, 0]);
  });

  it('refuses to wait for itself, and in a circle', async () => {
    const { runner: first } = await startSweep();
    const itself = await workplace.facet('run', 'sweep.yaml', '--after', 'sweep');
    expect(itself).toMatchObject({ exitCode: 2, stderr: '--after: expected another experiment, got "sweep" itself' });
    const second = workplace.facet('run', 'next.yaml', '--after', 'sweep');
    await untilWaiting('next', 'sweep');
    // As if sweep waited behind third.
    writeHolding(folderOf('sweep'), { token: holderOf('sweep')!.token, log: null, behind: 'third' });
    const circle = await workplace.facet('run', 'third.yaml', '--after', 'next');
    const message = '--after next: sweep waits behind third already, so that neither would ever begin';
    expect(circle).toMatchObject({ exitCode: 2, stderr: message });
    second.kill('SIGINT');
    first.kill('SIGINT');
    await Promise.all([first, second]);
  });
});
