// facet run of a file with successive halving, as a process that is killed in the middle.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { halvingFile, metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { trainer } from '../helpers/sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
  workplace.env.FACET_TRAINER = trainer('contest');
  workplace.env.CONTEST = JSON.stringify({ 1: [6], 2: [2], 3: [5], 4: [1], 5: [4], 6: [3] });
});
afterEach(() => workplace.remove());

const read = () => readExperiment(workplace.results, 'sweep');
const stepsOf = (folder: string) => readMetrics(metricsFile(folder)).records.map(({ step }) => step);
const SWEEP = 'sweep: {grid: {training.seed: [1, 2, 3, 4, 5, 6]}, halving: {metric: lossG, factor: 3}}';

it('shows each decision, ends well, and lists what it stopped early', async () => {
  workplace.writeText(`${SWEEP}\nexecution: {parallel: 2}`);
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=9');
  expect(all).toMatch(/↑ seed4-\S+ {2}lossG 1 was 1st of \d after epoch 1; it goes on/);
  expect(all).toMatch(/– seed1-\S+ {2}lossG 6 was \d.. of \d after epoch 1/);
  expect(all).toMatch(
    /Stopped early:\n {2}seed2-\S+ {2}lossG 2 was 2nd of 2 after epoch 3.*\n {2}seed1-\S+ {2}lossG 6 was 6th of 6 after epoch 1; the best 2 go on\n/,
  );
  expect(all).toContain('1 of 6 runs succeeded, 5 stopped early.');
  expect(exitCode).toBe(0);
  const again = await workplace.facet('plan', 'sweep.yaml', '--set', 'training.epochs=9');
  expect(again.stdout).toContain('6 to leave alone');
});

it('killed outright again and again it still ends with the best run trained, no step lost and none twice', async () => {
  workplace.env.TRAINER_STEP_MS = '60';
  workplace.writeText(`${SWEEP}\nexecution: {parallel: 2}`);
  const command = ['run', 'sweep.yaml', '--set', 'training.epochs=9'];
  const total = () => read().runs.reduce((sum, { folder }) => sum + stepsOf(folder).length, 0);
  for (const goal of [3, 9, 15, 24]) {
    const runner = workplace.facet(...command);
    await expect.poll(total, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(goal);
    runner.kill('SIGKILL');
    await runner;
    if (goal === 15) rmSync(halvingFile(join(workplace.results, 'sweep')), { force: true });
  }
  const { exitCode } = await workplace.facet(...command);
  expect(exitCode).toBe(0);
  const runs = read().runs;
  expect(runs.filter(({ state }) => state === 'succeeded').map(({ axes }) => axes['training.seed'])).toEqual(['4']);
  expect(runs.filter(({ state }) => state === 'stopped-early')).toHaveLength(5);
  for (const { folder } of runs) {
    const steps = stepsOf(folder);
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect([2, 6, 18]).toContain(steps.length);
  }
}, 240_000);

it('compares by a metric that only the trainer knows, and refuses it for the trainer that has none of that name', async () => {
  workplace.env.CONTEST_METRIC = 'taste';
  workplace.writeText(
    'sweep: {grid: {training.seed: [1, 2, 3]}, halving: {metric: taste, mode: max, factor: 3}}\nexecution: {parallel: 1}',
  );
  const { exitCode, all } = await workplace.facet('run', 'sweep.yaml');
  expect(all).toMatch(/↑ seed1-\S+ {2}taste 6 was 1st of 3 after epoch 1; it goes on/);
  expect(exitCode).toBe(0);
  workplace.env.FACET_TRAINER = '';
  const refused = await workplace.facet('plan', 'sweep.yaml');
  expect(refused.stderr).toMatch(/sweep\.halving\.metric: expected the name of a metric, such as .*, got "taste"/);
  expect(refused.exitCode).toBe(2);
});
