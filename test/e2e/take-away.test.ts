// What a person takes away from a page, saved by a real Chromium.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let results: string;
let ids: Record<string, string>;
let workplace: Workplace;
let dashboard: ReturnType<Workplace['facet']>;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-take-away-'));
  ids = await writeExampleResults(results, { epochs: 3, stepsPerEpoch: 20, rows: 2, imageSize: 32 });
  workplace = createWorkplace();
  dashboard = workplace.facet('dashboard', '--port', '0', '--results', results);
  const [line] = await dashboard.stdout.take(1).toArray();
  const { origin } = new URL(/http:\S+/.exec(String(line))![0]);
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, origin);
  page = watched.page;
  await page.goto(`${origin}/experiments/attr-sweep`);
  await page.locator('#grids img').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  dashboard?.kill('SIGINT');
  await dashboard;
  workplace?.remove();
  rmSync(results, { recursive: true, force: true });
});

async function save(button: Locator): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

it('a chart as the figures that are in sight, and as a picture with its title and lines', async () => {
  const figure = page.locator('figure.chart', { has: page.locator('#chart-lossG') });
  await figure.getByText('As a table').waitFor();
  const csv = await save(figure.getByRole('button', { name: 'as CSV' }));
  expect(csv.name).toMatch(/^attr-sweep-lossG\.csv$/);
  const [head, ...rows] = csv.content.toString('utf8').trim().split('\n');
  expect(head).toBe('line,step,lossG,recorded,members,deviation,min,max');
  expect(rows.length).toBeGreaterThan(30);
  expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(new Set(['"2 attributes', '"5 attributes', '"10 attributes']));
  const json = JSON.parse((await save(figure.getByRole('button', { name: 'as JSON' }))).content.toString('utf8'));
  expect(json).toHaveLength(rows.length);
  const png = await sharp((await save(figure.getByRole('button', { name: 'as PNG' }))).content).metadata();
  const drawn = await page
    .locator('#chart-lossG')
    .evaluate((canvas) => [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height]);
  expect([png.format, png.width]).toEqual(['png', drawn[0]]);
  expect(png.height).toBeGreaterThan(drawn[1]! + 30);
});

it('the points of the headline with their means and single runs, and its plots as one picture', async () => {
  const section = page.locator('section.headline');
  await section.locator('.plot-point').first().waitFor();
  const { name, content } = await save(section.getByRole('button', { name: 'as CSV' }));
  expect(name).toBe('attr-sweep-headline.csv');
  const [head, first] = content.toString('utf8').split('\n');
  expect(head).toBe('metric,checkpoint,attributes,number_of_attributes,mean,deviation,runs,values,is_best,real_pictures');
  const cells = first!.split(',');
  expect([cells[0], cells[1], cells[2], cells[3], cells[6]]).toEqual(['slicedWasserstein', 'last', 'two', '2', '2']);
  const values = cells[7]!.split(' ').map(Number);
  expect((values[0]! + values[1]!) / 2).toBeCloseTo(Number(cells[4]), 12);
  const json = JSON.parse((await save(section.getByRole('button', { name: 'as JSON' }))).content.toString('utf8'));
  expect(json[0]).toMatchObject({ metric: 'slicedWasserstein', mean: Number(cells[4]), deviation: Number(cells[5]) });

  const png = sharp((await save(section.getByRole('button', { name: 'as PNG' }))).content);
  const { x, y, color } = await page.evaluate(() => {
    const origin = document.getElementById('headline-plots')!.getBoundingClientRect();
    const mean = document.querySelector('.plot-mean')!;
    const place = mean.getBoundingClientRect();
    const [red, green, blue] = getComputedStyle(mean).fill.match(/\d+/g)!.map(Number);
    return { x: place.x + place.width / 2 - origin.x, y: place.y + place.height / 2 - origin.y, color: [red, green, blue] };
  });
  const left = Math.round((x + 10) * 3);
  const top = Math.round((y + 30) * 3);
  const pixel = await png.removeAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  expect([...pixel]).toEqual(color);
});

it('the comparison of the settings, byte for byte as the command writes it', async () => {
  for (const format of ['CSV', 'JSON']) {
    const { name, content } = await save(page.getByRole('link', { name: `Save the comparison as ${format}` }));
    const option = `--${format.toLowerCase()}`;
    const { stdout } = await workplace.facet('compare', 'attr-sweep', option, '--results', results);
    expect(name).toBe(`attr-sweep-comparison.${format.toLowerCase()}`);
    expect(content.toString('utf8').trimEnd()).toBe(stdout);
    expect(stdout).toContain('slicedWasserstein');
  }
});

it('a grid with every pixel of it below the conditions of its columns', async () => {
  const card = page.locator(`#grids figure[data-run="${ids['two 1']}"]`);
  await card.scrollIntoViewIfNeeded();
  const { name, content } = await save(card.getByRole('button', { name: 'as PNG' }));
  expect(name).toMatch(/^two-seed-1-epoch-3\.png$/);
  const original = sharp(join(results, 'attr-sweep', ids['two 1']!, 'samples', '000003.png'));
  const { width, height } = await original.metadata();
  const saved = sharp(content);
  const { width: savedWidth, height: savedHeight } = await saved.metadata();
  expect(savedWidth).toBe(width * 2);
  const below = await saved
    .extract({ left: 0, top: savedHeight - height * 2, width: width * 2, height: height * 2 })
    .resize(width, height, { kernel: 'nearest' })
    .removeAlpha()
    .raw()
    .toBuffer();
  expect(below.equals(await original.removeAlpha().raw().toBuffer())).toBe(true);
});

it('the runs that the filter leaves, with every digit of what they are worth', async () => {
  await page.locator('#run-filter').fill('seed=1');
  const section = page.locator('section', { has: page.locator('#run-filter') }).last();
  const { content } = await save(section.getByRole('button', { name: 'as CSV' }));
  const [head, ...rows] = content.toString('utf8').trim().split('\n');
  expect(head!.split(',')).toEqual(expect.arrayContaining(['run', 'attributes', 'training.seed', 'lossG', 'state', 'tag']));
  expect(rows.map((row) => row.split(',')[0])).toEqual([ids['two 1'], ids['five 1'], ids['ten 1']]);
  const all = JSON.parse((await save(section.getByRole('button', { name: 'as JSON' }))).content.toString('utf8'));
  expect(all.map((run: { run: string }) => run.run)).toEqual([ids['two 1'], ids['five 1'], ids['ten 1']]);
  expect(watched.faults).toEqual([]);
});
