// The button that stops a sweep, pressed in a real Chromium, beside a real `facet run`.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { readExperiment } from '../../src/results/read.ts';
import { launchBrowser, openWatchedPage } from '../helpers/browser.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let workplace: Workplace;
let dashboard: ReturnType<Workplace['facet']>;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  workplace = createWorkplace();
  workplace.env.FACET_GRACE_SECONDS = '600';
  workplace.env.TRAINER_STEP_MS = '100';
  workplace.trainers = ['succeed', 'hang'];
  workplace.writeSweep(2, 'execution: {parallel: 2}');
  dashboard = workplace.facet('dashboard', '--port', '0');
  const [line] = await dashboard.stdout.take(1).toArray();
  origin = new URL(/http:\S+/.exec(String(line))![0]).origin;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  dashboard?.kill('SIGINT');
  await dashboard;
  workplace.remove();
});

it('lets the runs save at the first press, ends what hangs at the second, and goes when the runner has left', async () => {
  const runner = workplace.facet('run', 'sweep.yaml', '--set', 'training.epochs=300');
  const read = () => readExperiment(workplace.results, 'sweep');
  const steps = () => read().runs.map(({ folder }) => readMetrics(metricsFile(folder)).records.length);
  await expect.poll(() => steps().filter((count) => count > 0).length, { timeout: 30_000 }).toBe(2);

  const { page, faults } = await openWatchedPage(browser, origin);
  await page.goto(`${origin}/experiments/sweep`);
  await page.getByRole('button', { name: 'Stop the sweep' }).click();
  await page.getByText('Stopping: each run finishes its step and saves.').waitFor();
  await expect.poll(() => read().runs.map(({ state }) => state), { timeout: 30_000 }).toEqual(['cancelled', 'running']);

  await page.getByRole('button', { name: 'End at once' }).click();
  const { exitCode, all } = await runner;
  expect(exitCode).toBe(130);
  expect(all).toContain('as asked by the dashboard (process');
  expect(read()).toMatchObject({ runner: null, runs: [{ state: 'cancelled' }, { state: 'cancelled' }] });
  await page.locator('#stop').waitFor({ state: 'hidden', timeout: 30_000 });
  expect(await page.locator('#summary').textContent()).toContain('Go on with npx facet run sweep.yaml');
  expect(faults).toEqual([]);
});
