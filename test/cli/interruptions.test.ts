import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { pidOf, readSweep, statesOf, stepsOf, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed', 'succeed']; // four steps each
  workplace.env.TRAINER_STEP_MS = '1100';
});
afterEach(() => workplace.remove());

/** Signals a process that has been started here, and its trainers. */
const signal = (pids: (number | null | undefined)[], name: NodeJS.Signals) => {
  for (const pid of pids) process.kill(pid!, name);
};
const isStopped = (pid: number) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

describe.runIf(process.platform === 'linux')('a sweep', () => {
  it('goes on when its terminal hangs up, where its output goes elsewhere', async () => {
    workplace.writeSweep(1);
    const sweep = workplace.facet('run', 'sweep.yaml');
    await untilTraining(workplace, 1);
    sweep.kill('SIGHUP');
    const { exitCode, all } = await sweep;
    expect(exitCode, all).toBe(0);
    expect(statesOf(workplace)).toEqual(['succeeded']);
  });

  it('is not ended by a hangup before it has begun', async () => {
    workplace.writeSweep(1);
    const sweep = workplace.facet('run', 'sweep.yaml');
    const timer = setInterval(() => sweep.kill('SIGHUP'), 50);
    const { exitCode, signal } = await sweep.finally(() => clearInterval(timer));
    // Before Node runs the first line of the command, nothing can take the signal.
    if (signal !== 'SIGHUP') expect(exitCode).toBe(0);
  });

  it('does not count the time in which it was suspended as a stall', async () => {
    workplace.writeSweep(1, 'execution: {stallTimeout: 2s, retries: 0}');
    const sweep = workplace.facet('run', 'sweep.yaml');
    await untilTraining(workplace, 1);
    const child = pidOf(readSweep(workplace).runs[0]!.folder);
    for (let again = 0; again < 2; again++) {
      signal([sweep.pid, child], 'SIGSTOP');
      await sleep(3000);
      signal([sweep.pid], 'SIGCONT');
      await sleep(400); // the runner looks before its trainer has taken a step
      signal([child], 'SIGCONT');
      await sleep(800);
    }
    const { exitCode, all } = await sweep;
    expect(exitCode, all).toBe(0);
  });

  it('stands still with its trainers on Ctrl-Z, and goes on with them', async () => {
    workplace.writeSweep(2, 'execution: {parallel: 2}');
    const sweep = workplace.facet('run', 'sweep.yaml');
    await untilTraining(workplace, 2);
    const children = readSweep(workplace).runs.map(({ folder }) => pidOf(folder)!);
    signal([sweep.pid], 'SIGTSTP');
    await expect.poll(() => [sweep.pid!, ...children].map(isStopped)).toEqual([true, true, true]);
    const before = [0, 1].map((run) => stepsOf(workplace, run).length);
    await sleep(1500);
    expect([0, 1].map((run) => stepsOf(workplace, run).length)).toEqual(before);
    signal([sweep.pid], 'SIGCONT');
    const { exitCode, all } = await sweep;
    expect(exitCode, all).toBe(0);
    expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded']);
  });
});

describe('a cache that cannot be used', () => {
  it.each([
    ['below a system that makes no folders', '/proc/facet-cache', 'makes no folders'],
    ['in the place of a file', '/dev/null', 'a part of its path is a file'],
    ['behind a link that leads nowhere', 'dangling', 'a link that leads nowhere is in its place'],
    ['behind links that lead in a circle', 'circle', 'its links lead in a circle'],
    ['with too long a name', 'x'.repeat(300), 'FACET_CACHE'],
  ])('%s is told in one line', async (_, cache, words) => {
    workplace.writeSweep(1);
    symlinkSync('/nowhere/at/all', join(workplace.folder, 'dangling'));
    symlinkSync('circle', join(workplace.folder, 'circle'));
    workplace.env.FACET_CACHE = cache;
    const { exitCode, stderr } = await workplace.facet('run', 'sweep.yaml');
    expect(exitCode).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('FACET_CACHE');
    expect(stderr).toContain(words);
  });
});
