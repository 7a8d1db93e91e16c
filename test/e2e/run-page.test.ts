// The page of one run: its grids as a film, its note, a search in its log, in a real Chromium.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readNote } from '../../src/results/runs/notes.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let results: string;
let folder: string;
let workplace: Workplace;
let dashboard: ReturnType<Workplace['facet']>;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-run-page-'));
  const ids = await writeExampleResults(results, { epochs: 4, stepsPerEpoch: 30, rows: 2, imageSize: 32 });
  folder = join(results, 'attr-sweep', ids['two 1']!);
  appendFileSync(join(folder, 'log.txt'), `\n${'filling\n'.repeat(400)}a Needle here\n${'filling\n'.repeat(400)}`);
  workplace = createWorkplace();
  dashboard = workplace.facet('dashboard', '--port', '0', '--results', results);
  const [line] = await dashboard.stdout.take(1).toArray();
  const { origin } = new URL(/http:\S+/.exec(String(line))![0]);
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, origin);
  page = watched.page;
  await page.goto(`${origin}/experiments/attr-sweep/runs/${ids['two 1']}`);
  await page.locator('#film button').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  dashboard?.kill('SIGINT');
  await dashboard;
  workplace?.remove();
  rmSync(results, { recursive: true, force: true });
});

it('shows all epochs as a film, and a frame that is pressed in full below', async () => {
  expect(await page.locator('#film button').allTextContents()).toEqual(['epoch 1', 'epoch 2', 'epoch 3', 'epoch 4']);
  await page.locator('#film button[data-epoch="2"]').click();
  await expect.poll(() => page.locator('#grids img').getAttribute('data-epoch')).toBe('2');
  const widths = () => page.locator('#film img').evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
  await expect.poll(async () => Math.min(...(await widths()))).toBeGreaterThan(0);
});

it('searches the whole log, not only the end that is shown', async () => {
  expect(await page.locator('#log').textContent()).not.toContain('Needle');
  await page.locator('#log-search').fill('needle');
  await expect.poll(() => page.locator('#log-matches').textContent()).toMatch(/^\d+: a Needle here$/);
  expect(await page.locator('#log-found').textContent()).toMatch(/^1 of \d+ lines:$/);
  await page.locator('#log-search').fill('nowhere to be found');
  await expect.poll(() => page.locator('#log-found').textContent()).toMatch(/^None of \d+ lines\.$/);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/-log\.txt$/);
});

it('writes a note and tags as facet note does, and says why it does not', async () => {
  await page.getByText('Write a note or tags').click();
  await page.locator('#note-edit').fill('<b>the one</b>\nfor the paper');
  await page.locator('#note-edit-tags').fill('paper, #good');
  await page.locator('#note-save').click();
  await page.getByText('Saved.').waitFor();
  expect(readNote(folder).note).toMatchObject({ text: '<b>the one</b>\nfor the paper', tags: ['good', 'paper'] });
  expect(await page.locator('#note-text').textContent()).toBe('<b>the one</b>\nfor the paper');
  expect(watched.faults).toEqual([]);
  await page.locator('#note-edit-tags').fill('(');
  await page.locator('#note-save').click();
  await page.getByText('Not saved: Expected a tag').waitFor();
  await page.reload();
  expect(await page.locator('#note-tags .tag').allTextContents()).toEqual(['good', 'paper']);
});
