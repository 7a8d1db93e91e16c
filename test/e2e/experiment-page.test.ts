// What a person sees and does first on the page of an experiment, in a real Chromium.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeJsonAtomic } from '../../src/results/files/write.ts';
import { experimentRecordFile, metricsFile } from '../../src/results/paths.ts';
import { findFaults } from '../helpers/axe.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

const DESKTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let results: string;
let ids: Record<string, string>;
let facet: ResultPromise;
let origin: string;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-e2e-'));
  ids = await writeExampleResults(results, { name: 'judged', epochs: 4, stepsPerEpoch: 300, rows: 2, imageSize: 32, hasOracle: true });
  mkdirSync(join(results, 'new'));
  const waiting = { id: 'two-1', axes: { attributes: 'two' } };
  const record = { format: 1, name: 'new', file: 'new.yaml', startedAt: '2026-01-10T09:00:00.000Z', runs: [waiting] };
  writeJsonAtomic(experimentRecordFile(join(results, 'new')), record);
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
  watched = await openWatchedPage(browser, origin, DESKTOP);
  page = watched.page;
  await open();
});

afterAll(async () => {
  await browser?.close();
  facet?.kill('SIGINT');
  await facet;
  rmSync(results, { recursive: true, force: true });
});

async function open(hash = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${origin}/experiments/judged${hash}`);
  await page.locator('#headline-plots svg').first().waitFor();
  await page.locator('#best-grids img').first().waitFor();
}

/** A busy machine answers late. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });
const address = (): string => new URL(page.url()).hash;
const points = (metric: string) => page.locator(`.headline-plot[data-metric=${metric}] .plot-point`);
const area = (metric: string) => page.locator(`.chart-area:has(#chart-${metric})`);

/** A number that changes with what a chart shows. */
const picture = (metric: string): Promise<number> =>
  page.locator(`#chart-${metric}`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
    copy.drawImage(canvas, 0, 0);
    return copy
      .getImageData(0, 0, canvas.width, canvas.height)
      .data.reduce((sum, value, i) => (sum * 31 + value * (i % 97)) % 1_000_003, 7);
  });

/** Once it has been the same for a while. */
async function settled(metric: string): Promise<number> {
  let last = -1;
  await eventually(async () => {
    const before = last;
    last = await picture(metric);
    return last === before;
  }).toBe(true);
  return last;
}

describe('the first screen', () => {
  it('shows each metric that judges along the number of attributes, the best marked, and the best grids', async () => {
    const metrics = await page.locator('.headline-plot').evaluateAll((plots) => plots.map((plot) => (plot as HTMLElement).dataset.metric));
    expect(metrics).toEqual(['relativeAccuracy', 'worstRelativeAccuracy', 'frechetDistance', 'slicedWasserstein']);
    for (const part of await page.locator('.headline-plot svg, #best-grids img').all()) {
      const { y, height } = (await part.boundingBox())!;
      expect(y + height).toBeLessThanOrEqual(900);
    }
    const ticks = await page.locator('.headline-plot').first().locator('.plot-tick').allTextContents();
    expect(ticks).toEqual(expect.arrayContaining(['2', '5']));
    expect(await points('frechetDistance').first().getAttribute('aria-label')).toMatch(/^2 attributes: .+, 2 runs, the best$/);
    expect(await page.locator('.plot-best').count()).toBeGreaterThan(0);
    expect(await page.locator('#best-grids .best-card').allTextContents()).toEqual([
      expect.stringMatching(/^2 attributesseed [12] · Frechet \d+\.\d+ · epoch 3$/),
      expect.stringMatching(/^5 attributesseed 1 · Frechet \d+\.\d+ · epoch 3$/),
      expect.stringMatching(/^10 attributesseed [12] · so far · epoch 1$/),
    ]);
  });

  it('has below it the table that facet compare prints, with the same figures', async () => {
    const compared = await execa(process.execPath, [join(FACET_ROOT, 'bin', 'facet.js'), 'compare', 'judged', '--results', results]);
    const label = (await points('frechetDistance').first().getAttribute('aria-label'))!;
    const figure = /\d+\.\d ± \d+\.\d/.exec(label)![0];
    expect(compared.stdout).toContain(figure);
    expect(await page.locator('#comparison-table').textContent()).toContain(figure);
  });

  it('tells how far the sweep is, at the top and in the title', async () => {
    expect(await page.locator('.progress').textContent()).toMatch(/^\d+ % of all steps · \d+ of 9 runs done( · about .+ left)?$/);
    await eventually(() => page.title()).toMatch(/^\d+ % ✕\d · judged · Facet$/);
  });
});

describe('a point of the headline', () => {
  it('tells its runs when clicked, shows only them where asked, and back undoes both', async () => {
    await points('frechetDistance').first().click();
    expect(await page.locator('#headline-chosen li').count()).toBe(2);
    expect(address()).toBe('#point=two');
    await page.getByRole('button', { name: 'Show only these runs' }).click();
    await eventually(() => page.locator('#grids figure').count()).toBe(2);
    const [first, second] = [ids['two 1']!.slice(-6), ids['two 2']!.slice(-6)];
    expect(address()).toBe(`#point=two&only=${first},${second}`);
    await page.goBack();
    await eventually(() => page.locator('#grids figure').count()).toBe(9);
    await page.goBack();
    await eventually(() => page.locator('#headline-chosen').isVisible()).toBe(false);
    expect(address()).toBe('');
  });

  it('is reached and opened with the keyboard alone', async () => {
    await points('relativeAccuracy').nth(1).focus();
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('#headline-chosen').textContent()).toMatch(/^5 attributes/);
    expect(await page.evaluate(() => (document.activeElement as SVGElement).dataset.point)).toBe('1');
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('#headline-chosen').isVisible()).toBe(false);
  });

  it('stands along another parameter where one is chosen, also after a reload', async () => {
    await page.locator('#headline-x').selectOption('training.seed');
    await eventually(() => page.locator('#headline-note').textContent()).toContain('mean over everything but seed');
    expect(address()).toMatch(/along=training\.seed/);
    await open(address());
    await eventually(() => page.locator('#headline-note').textContent()).toContain('seed');
    await page.locator('#headline-end').selectOption('best');
    expect(address()).toMatch(/at=best/);
    await open();
  });
});

describe('the curves of groups', () => {
  it('are means over all members, whichever runs are hidden; single runs come where asked', async () => {
    const before = await settled('lossG');
    await page.getByRole('button', { name: 'two · seed 1', exact: true }).click();
    await eventually(() => page.locator('#grids figure').count()).toBe(8);
    expect(await settled('lossG')).toBe(before);
    await page.locator('#curve-lines').selectOption('runs');
    await eventually(() => picture('lossG')).not.toBe(before);
    await page.goBack();
    await page.goBack();
    await eventually(() => picture('lossG')).toBe(before);
  });

  it('can be read as a table', async () => {
    const figure = page.locator('figure:has(#chart-frechetDistance)');
    await figure.locator('summary').click();
    const rows = figure.locator('tbody tr');
    await eventually(() => rows.locator('th').allTextContents()).toEqual([
      '2 attributes, mean',
      '5 attributes, mean',
      '10 attributes, mean',
    ]);
    expect(await rows.first().locator('td').first().textContent()).toMatch(/^\d+\.\d+ ± \d+\.\d+ over [123] runs$/);
    await figure.locator('summary').click();
  });
});

describe('all charts', () => {
  /** Of each chart in its place: where the ticks of its x axis stand, from the left edge of the canvas on. */
  const ticks = (): Promise<number[][]> =>
    page.locator('#charts figure:not([hidden]) canvas[data-metric]').evaluateAll((canvases) =>
      canvases.map((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d')!;
        copy.drawImage(element as HTMLCanvasElement, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        const inked = (row: number): number[] =>
          Array.from({ length: width }, (_, x) => x).filter((x) => data[(row * width + x) * 4 + 3]! > 0);
        let axis = height - 1;
        while (axis > 0 && inked(axis).length < width / 2) axis--;
        return inked(axis + 4); // through the ticks, above their labels
      }),
    );

  it('have one x axis: as much room for labels at its left, and the same steps at the same places', async () => {
    for (const choice of ['deviation', 'runs']) {
      await page.locator('#curve-lines').selectOption(choice);
      await settled('lossG');
      const all = await ticks();
      expect(all.length).toBeGreaterThan(3);
      expect(all[0]!.length).toBeGreaterThan(3);
      for (const each of all) expect(each).toEqual(all[0]);
    }
    await open();
  });
});

describe('zooming', () => {
  it('goes to single steps by keyboard, with their own values, and back to everything', async () => {
    await page.locator('#curve-lines').selectOption('runs');
    await area('lossG').focus();
    const details: { from: number; bucketSteps: number }[] = [];
    page.on('response', async (response) => {
      const from = Number(new URL(response.url()).searchParams.get('from'));
      if (from > 0) details.push({ from, bucketSteps: (await response.json()).runs[0]?.bucketSteps });
    });
    for (let i = 0; i < 6; i++) await page.keyboard.press('+');
    expect(address()).toMatch(/zoom=step,\d+,\d+/);
    await eventually(() => details.some(({ bucketSteps }) => bucketSteps === 1)).toBe(true);
    await eventually(async () => {
      await page.keyboard.press('ArrowRight'); // the single steps are still to be drawn
      return area('lossG').locator('[aria-live]').textContent();
    }).toMatch(/^step \d+ · epoch \d\.\d, .+: \d\.\d+(, smoothed \d\.\d+)?$/);
    await page.keyboard.press('0');
    expect(address()).not.toMatch(/zoom/);
    await page.goBack();
    expect(address()).toMatch(/zoom/);
    await open();
  });

  it('works with two fingers, and one still scrolls', async () => {
    const phone = await openWatchedPage(browser, origin, PHONE);
    await phone.page.goto(`${origin}/experiments/judged`);
    const canvas = phone.page.locator('#chart-lossG');
    await canvas.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const cdp = await phone.page.context().newCDPSession(phone.page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: number[]) =>
      cdp.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: places.map((place, id) => ({ x: x + width * place, y: y + height / 2, id })),
      });
    await touch('touchStart', 0.45, 0.6);
    await touch('touchMove', 0.4, 0.7);
    await touch('touchMove', 0.3, 0.9);
    await touch('touchEnd');
    await eventually(() => phone.page.url()).toMatch(/zoom=step,\d+,\d+/);
    expect(phone.faults).toEqual([]);
    await phone.page.context().close();
  });
});

describe('a sweep without a value', () => {
  it('says so, and draws no axes that mean nothing', async () => {
    const fresh = await openWatchedPage(browser, origin, DESKTOP);
    await fresh.page.goto(`${origin}/experiments/new`);
    await eventually(() => fresh.page.locator('#curves-empty').isVisible()).toBe(true);
    expect(await fresh.page.locator('#charts canvas:visible').count()).toBe(0);
    await eventually(() => fresh.page.locator('#headline-empty').isVisible()).toBe(true);
    expect(await findFaults(fresh.page)).toEqual([]);
    await fresh.page.context().close();
  });

  it('says of one chart that its first value is still to come', async () => {
    await page.locator('#chart-choice summary').click();
    for (const run of ['two 1', 'two 2', 'two 3', 'five 1', 'five 2', 'five 3', 'ten 1'])
      await page.locator(`#row-${ids[run]} .toggle input`).uncheck();
    await page.locator('#curve-lines').selectOption('runs');
    const frechet = page.locator('figure:has(#chart-frechetDistance)');
    await eventually(() => frechet.locator('.chart-empty').textContent()).toBe('No value yet: it comes with the first evaluated epoch.');
    expect(await page.locator('#chart-frechetDistance').isVisible()).toBe(false);
    await open();
  });
});

describe('a run that becomes longer', () => {
  it('leaves the smoothing that was chosen when the page was opened', async () => {
    const label = page.locator('#smoothing-label');
    expect(await label.textContent()).toBe('20 steps');
    const record = { step: 90_000, epoch: 4, seconds: 9000, imagesPerSecond: 1, lossG: 1, lossD: 1, dReal: 0.5, dFake: 0.5 };
    appendFileSync(metricsFile(join(results, 'judged', ids['five 2']!)), `${JSON.stringify(record)}\n`);
    await eventually(() => page.locator(`#row-${ids['five 2']}`).textContent()).toContain('90,000');
    await settled('lossG');
    expect(await label.textContent()).toBe('20 steps');
    await page.reload();
    await eventually(() => label.textContent()).toBe('2000 steps');
  });
});

describe('every form of the page', () => {
  // Colours depend on the theme alone, and where things stand on the screen alone.
  it.each([
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const)('is accessible: %s, %j', async (colorScheme, screen) => {
    const { page, faults } = await openWatchedPage(browser, origin, { ...screen, colorScheme });
    for (const path of ['/', '/experiments/judged#point=two', `/experiments/judged/runs/${ids['five 1']}`]) {
      await page.goto(origin + path);
      if (path !== '/') await page.locator('#charts canvas').first().waitFor();
      if (path.includes('point')) await page.locator('#best-grids img').first().waitFor();
      expect(await findFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(screen.viewport.width);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('has no fault in its console and asks nobody else', () => {
    expect(watched.faults).toEqual([]);
  });
});
