// The page of an experiment for those who force colours, want no motion, or have nothing but a keyboard.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatchedPage } from '../helpers/browser.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let results: string;
let ids: Record<string, string>;
let workplace: Workplace;
let dashboard: ReturnType<Workplace['facet']>;
let origin: string;
let browser: Browser;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-everyone-'));
  ids = await writeExampleResults(results, { epochs: 3, stepsPerEpoch: 20, rows: 2, imageSize: 32, hasOracle: true });
  workplace = createWorkplace();
  dashboard = workplace.facet('dashboard', '--port', '0', '--results', results);
  const [line] = await dashboard.stdout.take(1).toArray();
  origin = new URL(/http:\S+/.exec(String(line))![0]).origin;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  dashboard?.kill('SIGINT');
  await dashboard;
  workplace?.remove();
  rmSync(results, { recursive: true, force: true });
});

async function open(hash: string, options: object): Promise<Page> {
  const { page } = await openWatchedPage(browser, origin, { viewport: { width: 1440, height: 900 }, ...options });
  await page.goto(`${origin}/experiments/attr-sweep${hash}`);
  await page.locator('.plot-point').first().waitFor();
  await page.locator('#runs tbody tr').first().waitFor();
  return page;
}

/** Share of an element's pixels that stand out from the page as WCAG asks of graphics: contrast 3. */
async function standingOut(element: Locator, before?: Buffer): Promise<number> {
  await element.scrollIntoViewIfNeeded();
  const [shot, background] = [await pixels(await element.screenshot()), await element.page().evaluate(pageColor)];
  const old = before && (await pixels(before));
  let count = 0;
  for (let i = 0; i < shot.length; i += 3) {
    const pixel = shot.subarray(i, i + 3);
    const isNew = old === undefined || !old.subarray(i, i + 3).equals(pixel);
    if (isNew && contrast([...pixel], background) >= 3) count++;
  }
  return (3 * count) / shot.length;
}

const pixels = (png: Buffer): Promise<Buffer> => sharp(png).removeAlpha().raw().toBuffer();
const pageColor = (): number[] => {
  const probe = document.createElement('span');
  probe.style.color = 'Canvas';
  document.body.append(probe);
  const color = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
  probe.remove();
  return color;
};

function contrast(a: number[], b: number[]): number {
  const [dark, light] = [a, b].map(luminance).sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: number[]): number {
  const [red, green, blue] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

describe.each(['dark', 'light'] as const)('forced colours, %s', (colorScheme) => {
  let page: Page;
  beforeAll(async () => {
    page = await open('#par=1&q=seed=1..2', { colorScheme, forcedColors: 'active' });
    await page.locator('#parallel .brush').waitFor();
  });
  afterAll(() => page.context().close());

  it.each([
    ['the marks of the legend', '#legend .swatch', 0.5],
    ['the marks in the table', '#runs tbody .swatch', 0.5],
    ['the marks beside the best grids', '#best-grids .swatch', 0.5],
    ['the points of the headline', '.plot-mean', 0.3],
    ['the error bars', '.plot-bar', 0.05],
    ['the ring at the best', '.plot-best', 0.05],
    ['the names of the axes', '#parallel .axis-name', 0.05],
    ['the range on an axis', '#parallel .brush', 0.05],
    ['the ends of a range', '#parallel .brush-end', 0.05],
    ['the lines of a chart', '#chart-lossG', 0.005],
  ])('leave %s to be seen', async (_, selector, least) => {
    expect(await standingOut(page.locator(selector).first())).toBeGreaterThan(least);
  });

  it.each([
    ['a point', '.plot-point'],
    ['an end of a range', '#parallel .brush-end'],
    ['a chart', '.chart-area'],
    ['a chip of the legend', '#legend .chip'],
    ['a box in the table', '#runs tbody input'],
    ['the epoch', '#epoch'],
  ])('show that %s has the focus', async (_, selector) => {
    const element = page.locator(selector).first();
    const around = element.locator('xpath=..');
    await element.scrollIntoViewIfNeeded();
    const before = await around.screenshot();
    await page.keyboard.press('Shift'); // as a person at the keyboard
    await element.focus();
    expect(await standingOut(around, before)).toBeGreaterThan(0);
  });
});

describe('little motion', () => {
  const moving = (page: Page) =>
    page.evaluate(() => {
      const isMoving = (element: Element): boolean => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        return /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior === 'smooth';
      };
      return [...document.querySelectorAll('*')].filter(isMoving).length;
    });

  it('has no transition and no animation, and nothing that plays by itself', async () => {
    const usual = await open('', {});
    expect(await moving(usual)).toBeGreaterThan(0);
    await usual.context().close();
    const page = await open('', { reducedMotion: 'reduce' });
    await page.locator('#legend .chip').first().hover();
    expect(await moving(page)).toBe(0);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    const label = await page.locator('#epoch-label').textContent();
    await page.waitForTimeout(1000);
    expect(await page.locator('#epoch-label').textContent()).toBe(label);
    await page.context().close();
  });
});

describe('the keyboard alone', () => {
  let page: Page;
  beforeAll(async () => {
    page = await open('#par=1', {});
    await page.locator('#parallel .brush-end').first().waitFor();
  });
  afterAll(() => page.context().close());

  const rows = () => page.locator('#runs tbody th a').allTextContents();
  const filter = () => page.locator('#run-filter').inputValue();

  it('reaches all that can be pressed, in an order without traps, and shows where it is', async () => {
    const wanted = await page.evaluate(() => {
      const pressable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
      const elements = [...document.querySelectorAll<HTMLElement>(pressable)].filter(
        (element) => element.checkVisibility() && !(element as HTMLButtonElement).disabled && element.tabIndex >= 0,
      );
      for (const [i, element] of elements.entries()) element.dataset.stop = String(i);
      return elements.map((element) => element.outerHTML.slice(0, 90));
    });
    expect(wanted.length).toBeGreaterThan(80);
    const reached = new Set<number>();
    const unseen: string[] = [];
    for (let i = 0; i < wanted.length; i++) {
      await page.keyboard.press('Tab');
      const { stop, isSeen } = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const isMark = element.matches('.plot-point, .brush-end'); // drawn otherwise: the test of forced colours looks at its pixels
        return { stop: Number(element.dataset.stop), isSeen: isMark || (outlineStyle !== 'none' && outlineWidth !== '0px') };
      });
      reached.add(stop);
      if (!isSeen) unseen.push(wanted[stop] ?? 'the page itself');
    }
    expect(wanted.filter((_, i) => !reached.has(i))).toEqual([]);
    expect(unseen).toEqual([]);
  });

  it('sets a range on an axis at its ends, and takes it away', async () => {
    const end = page.getByRole('slider', { name: 'seed, greatest' });
    await end.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(filter).toBe('seed=1..2');
    await expect.poll(rows).toHaveLength(6);
    await page.keyboard.press('ArrowDown');
    await expect.poll(filter).toBe('seed=1..1');
    expect(await end.getAttribute('aria-valuetext')).toBe('1');
    expect(await end.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    expect(await filter()).toBe('seed=1..1');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('End');
    expect(await filter()).toBe('seed=1..1'); // the least does not pass the greatest
    await page.keyboard.press('Delete');
    await expect.poll(filter).toBe('');
    await page.getByRole('slider', { name: 'attributes, least' }).focus();
    await page.keyboard.press('PageUp');
    await expect.poll(filter).toBe('attributes=five,ten');
    await page.goBack();
    await expect.poll(filter).toBe('');
  });

  it('filters, sorts, pins and hides in the table, and holds two runs side by side at another epoch', async () => {
    await page.locator('#run-filter').focus();
    await page.keyboard.type('state=succeeded');
    await expect.poll(rows).toEqual(['two · seed 1', 'two · seed 2', 'five · seed 1']);
    await page.getByRole('columnheader', { name: 'Frechet' }).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await rows())[0]).toBe('five · seed 1');
    await page.getByRole('button', { name: 'Keep two · seed 2 at the top' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await rows())[0]).toBe('two · seed 2');
    for (const run of ['two · seed 1', 'five · seed 1']) {
      await page.getByRole('checkbox', { name: `Compare ${run}` }).focus();
      await page.keyboard.press('Space');
    }
    await page.locator('#side-by-side img').first().waitFor();
    await page.locator('#side-by-side').getByRole('slider').focus();
    await page.keyboard.press('Home');
    const epochs = () => page.locator('#side-by-side img').evaluateAll((images) => images.map((image) => image.dataset.epoch));
    await expect.poll(epochs).toEqual(['1', '1']);
    await page.getByRole('checkbox', { name: 'Show two · seed 1' }).focus();
    await page.keyboard.press('Space');
    await expect.poll(() => page.locator(`#grids > figure[data-run="${ids['two 1']}"]`).count()).toBe(0);
  });
});
