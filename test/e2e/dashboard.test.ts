// The dashboard as a person has it: `facet dashboard` as a process, opened in a real Chromium.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { writeExampleGrid } from '../helpers/example-grids.ts';
import { EXAMPLE_ATTRIBUTES, writeExampleMetrics, writeExampleResults } from '../helpers/example-results.ts';

let results: string;
let ids: Record<string, string>;
let facet: ResultPromise;
let origin: string;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-e2e-'));
  ids = await writeExampleResults(results, { epochs: 4, stepsPerEpoch: 60, rows: 2 });
  await writeExampleResults(results, { name: 'judged', epochs: 4, stepsPerEpoch: 60, rows: 2, hasOracle: true });
  facet = execa(process.execPath, [join(FACET_ROOT, 'bin', 'facet.js'), 'dashboard', '--results', results, '--port', '0'], {
    reject: false,
  });
  origin = await new Promise((resolve, reject) => {
    facet.stdout!.on('data', (bytes) => {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(bytes));
      if (url) resolve(url[0]);
    });
    facet.then(({ stderr }) => reject(new Error(`facet dashboard ended: ${stderr}`)));
  });
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, origin);
  page = watched.page;
  await page.goto(`${origin}/`);
  await page.getByRole('link', { name: 'attr-sweep', exact: true }).click();
  await page.locator('#grids figure').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  facet?.kill('SIGINT');
  const end = await facet;
  rmSync(results, { recursive: true, force: true });
  expect(end?.exitCode).toBe(0);
});

const card = (label: string) => page.locator(`#grids figure[data-run="${ids[label]}"]`);

/** Pixels of each chart that are neither grey nor transparent: the lines. */
const colouredPixels = (): Promise<number[]> =>
  page.locator('#charts canvas[data-metric]').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b, a] = data.subarray(i, i + 4);
        if (a! > 100 && Math.max(r!, g!, b!) - Math.min(r!, g!, b!) > 60) count++;
      }
      return count;
    }),
  );

/** Pixels of a chart that have exactly one of these colours, as CSS writes them. */
const pixelsIn = (canvas: string, colours: string[]): Promise<number> =>
  page.locator(canvas).evaluate((element, wanted) => {
    const { width, height } = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255 && wanted.includes(`rgb(${data.subarray(i, i + 3).join(', ')})`)) count++;
    return count;
  }, colours);

/** The epoch whose picture each card shows, once all of them are drawn; null where it shows none. */
async function shownEpochs(): Promise<Record<string, number | null>> {
  const images = page.locator('#grids figure');
  const entries = await images.evaluateAll(async (figures) => {
    const shown: [string, number | null][] = [];
    for (const figure of figures as HTMLElement[]) {
      const image = figure.querySelector('img')!;
      if (figure.querySelector<HTMLElement>('.grid-scroll')!.hidden) {
        shown.push([figure.dataset.run!, null]);
        continue;
      }
      figure.scrollIntoView(); // pictures out of sight are not fetched
      while (!image.currentSrc.includes(`/${image.dataset.epoch}.png`)) await new Promise((done) => setTimeout(done, 20));
      await image.decode();
      const epoch = Number(/samples\/(\d+)\.png/.exec(image.currentSrc)![1]);
      shown.push([figure.dataset.run!, image.naturalWidth > 0 ? epoch : null]);
    }
    window.scrollTo(0, 0);
    return shown;
  });
  const byId = Object.fromEntries(entries);
  return Object.fromEntries(Object.entries(ids).map(([label, id]) => [label, byId[id]]));
}

describe('the page of an experiment', () => {
  it('draws the lines of all runs in all five charts', async () => {
    await expect.poll(async () => Math.min(...(await colouredPixels()))).toBeGreaterThan(1000);
    expect(await page.locator('#legend .group-name').allTextContents()).toEqual(['2 attributes', '5 attributes', '10 attributes']);
  });

  it('marks the run under the pointer in the legend and the table', async () => {
    await page.locator('#curve-lines').selectOption('runs');
    await page.locator('#chart-lossG').scrollIntoViewIfNeeded();
    const area = (await page.locator('#chart-lossG').boundingBox())!;
    let moves = 0;
    await expect
      .poll(async () => {
        await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2 + (moves++ % 2)); // the curves are still to come
        return page.locator('#legend .chip.is-highlighted').count();
      })
      .toBe(1);
    const [id] = JSON.parse((await page.locator('#legend .chip.is-highlighted').getAttribute('data-runs'))!);
    expect(await page.locator(`#row-${id}`).getAttribute('class')).toContain('is-highlighted');
    await page.mouse.move(5, 5);
    await expect.poll(() => page.locator('.is-highlighted').count()).toBe(0);
  });

  it('tells the value at the pointer without drawing the lines again', async () => {
    await page.evaluate(() => {
      const { clearRect } = CanvasRenderingContext2D.prototype;
      const drawn: string[] = [];
      Object.assign(window, { drawn });
      CanvasRenderingContext2D.prototype.clearRect = function (...area) {
        if (this.canvas.dataset.metric) drawn.push(this.canvas.dataset.metric);
        clearRect.apply(this, area);
      };
    });
    await page.locator('#chart-lossG').scrollIntoViewIfNeeded();
    const area = (await page.locator('#chart-lossG').boundingBox())!;
    for (let i = 1; i < 9; i++) await page.mouse.move(area.x + (area.width * i) / 9, area.y + area.height / 2);
    const tip = page.locator('#charts .chart-tip:visible');
    await expect.poll(() => tip.allTextContents()).toEqual([expect.stringMatching(/^step \d+ · epoch \d\.\d.+ · seed \d: -?\d+\.\d+/)]);
    await expect.poll(() => page.locator('#legend .chip.is-highlighted').count()).toBe(1);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await page.mouse.move(5, 5);
    await expect.poll(() => tip.count()).toBe(0);
    expect(await page.evaluate(() => (window as unknown as { drawn: string[] }).drawn)).toEqual([]);
  });

  it('shows the newest grid of every run at first, and says which are of an earlier epoch', async () => {
    expect(await page.locator('#epoch-label').textContent()).toBe('epoch 4 of 4');
    expect(await shownEpochs()).toEqual({
      'two 1': 4,
      'two 2': 4,
      'two 3': 3,
      'five 1': 4,
      'five 2': 2,
      'five 3': 2,
      'ten 1': 1,
      'ten 2': 1,
      'ten 3': null,
    });
    expect(await card('five 2').locator('.grid-note').textContent()).toBe('epoch 2, as it has none at 4');
    expect(await card('ten 3').locator('.grid-note').textContent()).toBe('no grid up to epoch 4');
  });

  it('moves every grid to the epoch of the one slider', async () => {
    await page.locator('#epoch').focus();
    for (const epoch of [3, 2]) {
      await page.keyboard.press('ArrowLeft');
      expect(await page.locator('#epoch-label').textContent()).toBe(`epoch ${epoch} of 4`);
    }
    expect(await shownEpochs()).toEqual({
      'two 1': 2,
      'two 2': 2,
      'two 3': 2,
      'five 1': 2,
      'five 2': 2,
      'five 3': 2,
      'ten 1': 1,
      'ten 2': 1,
      'ten 3': null,
    });
    await page.keyboard.press('Home');
    expect(new Set(Object.values(await shownEpochs()))).toEqual(new Set([1, null]));
  });

  it('writes the headings over the columns that they name', async () => {
    const image = (await card('five 1').locator('img').boundingBox())!;
    const headings = card('five 1').locator('.headings > span');
    expect(await headings.allTextContents()).toEqual(['usual', ...EXAMPLE_ATTRIBUTES.five!.map((name) => name.replaceAll('_', ' '))]);
    for (const [column, heading] of (await headings.all()).entries()) {
      const { x, width } = (await heading.boundingBox())!;
      expect(x).toBeCloseTo(image.x + 2 + column * 66, 1);
      expect(width).toBeCloseTo(64, 1);
    }
  });

  it('shows one column of every grid where asked', async () => {
    await page.locator('#grid-column').selectOption('Male');
    const frame = (await card('ten 1').locator('.grid-window').boundingBox())!;
    const image = (await card('ten 1').locator('img').boundingBox())!;
    expect(frame.width).toBe(68);
    expect(frame.x - image.x).toBe(66 * 6); // Male is the sixth attribute, after the usual face
    await page.locator('#grid-column').selectOption('Smiling');
    expect(await card('two 1').locator('.grid-note').textContent()).toBe('has no column “Smiling”');
    await page.locator('#grid-column').selectOption('');
  });

  it('plays the epochs to the last one', async () => {
    await page.locator('#play').click();
    await expect.poll(() => page.locator('#epoch-label').textContent(), { timeout: 15_000 }).toBe('epoch 4 of 4');
    await expect.poll(() => page.locator('#play').getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('false');
  });

  it('hides a run everywhere when its button in the legend is clicked, and keeps that over a reload', async () => {
    const before = await colouredPixels();
    await page.getByRole('button', { name: 'two · seed 1', exact: true }).click();
    await expect.poll(() => card('two 1').count()).toBe(0);
    expect(await page.locator(`#row-${ids['two 1']} .toggle input`).isChecked()).toBe(false);
    await expect.poll(colouredPixels).not.toEqual(before);
    await page.reload();
    await card('two 2').waitFor();
    expect(await card('two 1').count()).toBe(0);
    await page.locator(`#row-${ids['two 1']} .toggle input`).check();
    await expect.poll(() => card('two 1').count()).toBe(1);
  });

  it('recolours lines and their points alike', async () => {
    const choose = (label: string) => page.getByLabel('Coloured by').selectOption({ label });
    const legendColours = () =>
      page.locator('#legend .swatch').evaluateAll((swatches) => swatches.map((swatch) => getComputedStyle(swatch).backgroundColor));
    const few = await legendColours();
    await choose('run');
    await page.reload(); // the points are now made in these colours
    await expect.poll(async () => (await legendColours()).length).toBe(9);
    const gone = (await legendColours()).filter((colour) => !few.includes(colour));
    await expect.poll(() => pixelsIn('#chart-slicedWasserstein', gone)).toBeGreaterThan(50);
    await choose('attributes');
    await expect.poll(() => pixelsIn('#chart-slicedWasserstein', gone)).toBe(0);
  });

  it('sorts the table of runs, missing figures last', async () => {
    const labels = (): Promise<string[]> => page.locator('#runs tbody th a').allTextContents();
    await page.getByRole('button', { name: 'Steps' }).click();
    expect((await labels())[0]).toBe('ten · seed 3');
    await page.getByRole('button', { name: 'Steps' }).click();
    expect((await labels())[0]).toMatch(/^(two|five) · seed [12]$/);
    await page.getByRole('button', { name: 'Loss G' }).click();
    expect((await labels()).slice(-2).sort()).toEqual(['ten · seed 1', 'ten · seed 3']);
  });

  it('shows new steps and new grids of a running run without being asked', async () => {
    const folder = join(results, 'attr-sweep', ids['five 2']!);
    writeExampleMetrics(folder, { count: 5, seed: 2, from: 145, steps: 240, stepsPerEpoch: 60 });
    const grid = { attributes: EXAMPLE_ATTRIBUTES.five!, rows: 2, imageSize: 64, blur: 0 };
    await writeExampleGrid(folder, { ...grid, epoch: 4, step: 240 });
    await expect.poll(async () => (await shownEpochs())['five 2'], { timeout: 15_000 }).toBe(4);
    await expect.poll(() => page.locator(`#row-${ids['five 2']}`).textContent()).toContain('240');
  });

  it('has no fault in its console and asks nobody else', () => {
    expect(watched.faults).toEqual([]);
  });
});

describe('a reply that the page cannot show', () => {
  it('is told from a server that does not answer, and the page is live again after it', async () => {
    const { page, faults } = await openWatchedPage(browser, origin);
    await page.goto(`${origin}/experiments/attr-sweep`);
    const status = page.locator('#connection');
    await expect.poll(() => status.textContent()).toBe('live');
    await page.route('**/changes?*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), runs: null } });
    });
    await expect.poll(() => status.textContent(), { timeout: 30_000 }).toContain('this page has an error');
    expect(faults).toEqual([expect.stringMatching(/^console: The page could not show what the dashboard sent\. TypeError/)]);
    await page.unroute('**/changes?*');
    await expect.poll(() => status.textContent(), { timeout: 30_000 }).toBe('live');
    await page.context().close();
  });
});

describe('the page of runs that an oracle has judged', () => {
  it('shows the main charts, and any other that is asked for, also after a reload', async () => {
    const { page, faults } = await openWatchedPage(browser, origin);
    await page.goto(`${origin}/experiments/judged`);
    const shown = page.locator('#charts figure:visible');
    await expect.poll(() => shown.count()).toBe(8);
    await page.locator('#chart-choice summary').click();
    await page.getByRole('checkbox', { name: /^Recall/ }).check();
    await page.getByRole('checkbox', { name: /^Generator loss/ }).uncheck();
    await expect.poll(() => page.locator('#chart-recall').evaluate((canvas) => (canvas as HTMLCanvasElement).width)).toBeGreaterThan(100);
    expect(await page.locator('#chart-lossG').isVisible()).toBe(false);
    await page.reload();
    await expect.poll(() => page.locator('#chart-recall').isVisible()).toBe(true);
    expect(await shown.count()).toBe(8);
    expect(await page.locator('#chart-count').textContent()).toMatch(/^8 of 1\d$/);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe('other pages and screens', () => {
  it("open a run's page with how it failed, its curves, grids, configuration and log", async () => {
    const { page, faults } = await openWatchedPage(browser, origin, { colorScheme: 'dark' });
    await page.goto(`${origin}/experiments/attr-sweep`);
    await page.getByRole('link', { name: 'ten · seed 1' }).first().click();
    await page.locator('#grids figure').waitFor(); // its picture comes when it is in sight
    await page.locator('#charts canvas').first().waitFor();
    await expect
      .poll(() => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/series?'))))
      .toBe(true);
    const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    const series = asked.filter((url) => url.includes('/series?'));
    expect(series.length).toBeGreaterThan(0);
    expect(series.map((url) => new URL(url).searchParams.getAll('run'))).toEqual(series.map(() => [ids['ten 1']]));
    expect(await page.getByRole('alert').textContent()).toMatch(/diverged.*lossG became NaN/);
    expect(await page.locator('#log').textContent()).toContain('lossG is NaN');
    await page.locator('section[aria-labelledby="config-title"] > details > summary').first().click();
    expect(await page.getByText('Learning rate', { exact: true }).isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('fit a phone: wide grids and tables scroll in their own frame, never the page', async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
    const { page, faults } = await openWatchedPage(browser, origin, phone);
    const run = `runs/${ids['ten 1']}`;
    const judged = ['/experiments/judged', `/experiments/judged/runs/${ids['five 1']}`];
    for (const path of ['/', '/experiments/attr-sweep', `/experiments/attr-sweep/${run}`, ...judged]) {
      await page.goto(origin + path);
      if (path !== '/') await page.locator('#grids figure').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
