// The buttons of a run's page, pressed in a real Chromium, beside real runs: stop, continue, retry, start.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFaults } from '../helpers/axe.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep, statesOf, stepsOf, untilTraining } from '../helpers/running-sweep.ts';

let workplace: Workplace;
let dashboard: ReturnType<Workplace['facet']>;
let origin: string;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  workplace = createWorkplace();
  workplace.env.TRAINER_STEP_MS = '5';
  workplace.env.TRAINER_GO = join(workplace.folder, 'go');
  workplace.env.FACET_GRACE_SECONDS = '600';
  workplace.trainers = ['until-told', 'crash-once', 'hang', 'succeed'];
  workplace.writeSweep(4, 'execution: {parallel: 3}');
  dashboard = workplace.facet('dashboard', '--port', '0');
  const [line] = await dashboard.stdout.take(1).toArray();
  origin = new URL(/http:\S+/.exec(String(line))![0]).origin;
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, origin);
  page = watched.page;
});

afterAll(async () => {
  await browser?.close();
  if (readSweep(workplace).runner) await workplace.facet('stop', 'sweep', '--now');
  dashboard?.kill('SIGINT');
  await dashboard;
  workplace.remove();
});

const long = ['run', 'sweep.yaml', '--set', 'training.epochs=8'];
const state = (index: number) => statesOf(workplace)[index];
const open = (index: number) => page.goto(`${origin}/experiments/sweep/runs/${readSweep(workplace).runs[index]!.id}`);
const button = (name: string) => page.locator('#run-actions').getByRole('button', { name, exact: true });
const text = () => page.locator('#run-actions').textContent();

it('stops one run while the others go on, ends what hangs, and has the runner at work take up each again', async () => {
  const runner = workplace.facet(...long);
  await untilTraining(workplace, 3);
  await open(0);
  await button('Stop this run').click();
  await button('Continue').waitFor({ timeout: 30_000 });
  expect(state(0)).toBe('cancelled');
  expect(await page.locator('#summary').textContent()).toMatch(/Stopped by the dashboard .*--only seed1-\w+/);
  expect(await findFaults(page)).toEqual([]);

  await button('Continue').click();
  await button('Stop this run').waitFor({ timeout: 30_000 });
  expect(readSweep(workplace).runner!.pid).toBe(runner.pid);

  await open(1);
  await button('Retry').click();
  await expect.poll(() => state(1), { timeout: 30_000 }).toBe('succeeded');
  await expect.poll(text, { timeout: 30_000 }).not.toMatch(/Asked for/);

  await open(2);
  await button('Stop this run').click();
  await page.getByText('Stopping: it finishes its step and saves.').waitFor();
  await button('End at once').click();
  await button('Continue').waitFor({ timeout: 30_000 });
  writeFileSync(workplace.env.TRAINER_GO!, '');
  expect((await runner).exitCode).toBe(1);
  expect(statesOf(workplace)).toEqual(['succeeded', 'succeeded', 'cancelled', 'succeeded']);
  expect(stepsOf(workplace, 0)).toEqual(Array.from({ length: 8 }, (_, step) => step + 1));
});

it('starts a process of its own where nobody is at work, which it stops as well', async () => {
  await open(2);
  await button('Continue').click();
  await button('Stop this run').waitFor({ timeout: 30_000 });
  expect(await page.locator('#run-actions').textContent()).toMatch(
    /1 run to do, as process \d+, and goes on without this terminal|Stop this run/,
  );
  const { record } = readSweep(workplace);
  expect(record!.command).toEqual(['facet', ...long]);
  await button('Stop this run').click();
  await button('End at once').click();
  await button('Continue').waitFor({ timeout: 30_000 });
  await expect.poll(() => readSweep(workplace).runner, { timeout: 30_000 }).toBeNull();
});

it('says why a run cannot be started, and offers nothing where it is done or the page comes from elsewhere', async () => {
  await open(0);
  await expect.poll(() => page.locator('#connection').textContent(), { timeout: 30_000 }).toMatch(/^(live|up to date)$/);
  expect(await page.locator('#run-actions').isVisible()).toBe(false);
  workplace.writeText('sweep: {grid: {training.seed: [7]}}');
  await open(2);
  await button('Continue').click();
  await expect
    .poll(text, { timeout: 30_000 })
    .toMatch(/Not started: --only: expected a run of sweep as the file asks for it, got "seed3-\w+"/);
  expect(await button('Continue').isEnabled()).toBe(true);
  expect(watched.faults).toEqual([]);
});
