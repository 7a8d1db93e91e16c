// Comparing runs on the page of an experiment: table, side by side, parallel coordinates, grids by parameters, pictures closely.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeNote } from '../../src/results/runs/notes.ts';
import { findFaults } from '../helpers/axe.ts';
import { launchBrowser, openWatchedPage } from '../helpers/browser.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { writeManyRuns } from '../helpers/many-runs.ts';

let results: string;
let ids: Record<string, string>;
let facet: ResultPromise;
let origin: string;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-compare-'));
  ids = await writeExampleResults(results, { epochs: 4, stepsPerEpoch: 20, rows: 2, imageSize: 32, hasOracle: true });
  writeNote(join(results, 'attr-sweep', ids['five 1']!), { text: 'the glasses are good', tags: ['for-paper'] });
  await writeManyRuns(join(results, 'many'), 130);
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
});

afterAll(async () => {
  await browser?.close();
  facet?.kill('SIGINT');
  await facet;
  rmSync(results, { recursive: true, force: true });
});

beforeEach(() => open());
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

async function open(hash = '', options = {}): Promise<void> {
  await page?.context().close();
  ({ page, faults } = await openWatchedPage(browser, origin, options));
  await page.goto(`${origin}/experiments/attr-sweep${hash}`);
  await page.locator('#grids figure').first().waitFor();
}

const labels = (): Promise<string[]> => page.locator('#runs tbody th a').allTextContents();
const filter = () => page.getByRole('combobox', { name: 'Filter' }).or(page.getByRole('searchbox', { name: 'Filter' }));
const figures = (): Promise<string | null> => page.locator('#lightbox-figures').textContent();

describe('the table of runs', () => {
  it('is filtered by parameters, state, metrics, tags and text, says what is left, and keeps it in the address', async () => {
    for (const [text, wanted] of [
      ['seed=1', ['two · seed 1', 'five · seed 1', 'ten · seed 1']],
      ['state=failed', ['two · seed 3', 'ten · seed 1', 'ten · seed 2']],
      ['tag=for-paper', ['five · seed 1']],
      ['glasses', ['five · seed 1', 'five · seed 2', 'five · seed 3']],
      ['attributes=two seed>=2', ['two · seed 2', 'two · seed 3']],
    ] as const) {
      await filter().fill(text);
      await expect.poll(labels).toEqual(wanted);
      expect(await page.locator('#runs-count').textContent()).toBe(`${wanted.length} of 9 runs`);
    }
    await page.reload();
    await expect.poll(labels).toEqual(['two · seed 2', 'two · seed 3']);
    await page.getByRole('button', { name: 'Show only these' }).click();
    await expect.poll(() => page.locator('#grids figure').count()).toBe(2);
    await filter().fill('sede=1');
    await expect.poll(() => page.locator('#filter-problem').textContent()).toContain('did you mean seed?');
  });

  it('keeps pinned runs at the top, and its order in the address; back undoes it', async () => {
    await page.getByRole('button', { name: 'Keep ten · seed 3 at the top' }).click();
    await page.getByRole('columnheader', { name: 'Frechet' }).getByRole('button').click();
    await expect.poll(async () => (await labels()).slice(0, 2)).toEqual(['ten · seed 3', 'two · seed 2']);
    expect(new URL(page.url()).hash.length).toBeLessThan(40);
    await page.reload();
    await expect.poll(async () => (await labels()).slice(0, 2)).toEqual(['ten · seed 3', 'two · seed 2']);
    await page.goBack();
    await page.goBack();
    await expect.poll(async () => (await labels())[0]).toBe('two · seed 1');
  });
});

describe('chosen runs', () => {
  it('stand side by side: only what differs, the best marked, their grids at one epoch', async () => {
    await page.getByRole('checkbox', { name: 'Compare two · seed 1' }).check();
    expect(await page.locator('#side-by-side').isVisible()).toBe(false);
    await page.getByRole('checkbox', { name: 'Compare five · seed 1' }).check();
    const side = page.locator('#side-by-side');
    const lines = (): Promise<string[]> =>
      side
        .locator('tbody tr')
        .evaluateAll((rows) => rows.map((each) => [...(each as HTMLTableRowElement).cells].map((cell) => cell.textContent).join('|')));
    await expect.poll(lines).toContain('attributes|two|five');
    expect((await lines()).some((line) => line.startsWith('seed|'))).toBe(false);
    expect((await lines()).find((line) => line.startsWith('Frechet|'))).toMatch(/^Frechet\|[\d.]+ ★ best\|[\d.]+$/);
    const epochs = (): Promise<(string | null)[]> =>
      side.locator('img').evaluateAll((images) => images.map((image) => image.getAttribute('data-epoch')));
    expect(await epochs()).toEqual(['4', '4']);
    await side.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(epochs).toEqual(['2', '2']);
    expect(await page.locator('#epoch-label').textContent()).toBe('epoch 4 of 4');
    await page.reload();
    await expect.poll(epochs).toEqual(['2', '2']);
    await side.getByRole('button', { name: 'Take five · seed 1 out' }).click();
    await expect.poll(() => side.isVisible()).toBe(false);
  });
});

describe('parallel coordinates', () => {
  it('filter the table by a range drawn on an axis', async () => {
    await page.getByRole('button', { name: 'Parallel coordinates' }).click();
    const plot = page.locator('#parallel svg');
    await expect.poll(() => plot.locator('path[data-run]').count()).toBe(9);
    await plot.scrollIntoViewIfNeeded();
    const reach = (await plot.locator('[data-axis="1"] .reach').boundingBox())!;
    const x = reach.x + reach.width / 2;
    await page.mouse.move(x, reach.y + reach.height - 2);
    await page.mouse.down();
    await page.mouse.move(x, reach.y + reach.height * 0.7, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => filter().inputValue()).toMatch(/^seed=1\.\.1\.\d+$/);
    await expect.poll(labels).toEqual(['two · seed 1', 'five · seed 1', 'ten · seed 1']);
    expect(await plot.locator('path.is-out').count()).toBe(6);
    await page.getByRole('button', { name: 'Clear the ranges' }).click();
    await expect.poll(async () => (await labels()).length).toBe(9);
  });
});

describe('sample grids', () => {
  it('are laid out by two swept parameters, also after a reload', async () => {
    await page.getByLabel('Down by').selectOption({ label: 'attributes' });
    await page.getByLabel('Across by').selectOption({ label: 'seed' });
    const heads = (): Promise<string[]> => page.locator('.grid-matrix th').allTextContents();
    const wanted = ['seed 1', 'seed 2', 'seed 3', 'attributes two', 'attributes five', 'attributes ten'];
    await expect.poll(heads).toEqual(wanted);
    await page.reload();
    await expect.poll(heads).toEqual(wanted);
    const inFive2 = page.locator('.grid-matrix tbody tr').nth(1).locator('td').nth(1).locator('figure');
    expect(await inFive2.getAttribute('data-run')).toBe(ids['five 2']);
    await page.getByLabel('Down by').selectOption('');
    await page.getByLabel('Across by').selectOption('');
    await expect.poll(() => page.locator('#grids > figure').count()).toBe(9);
  });

  it('are not stretched where only their first rows are fetched', async () => {
    await page.getByLabel('Rows').selectOption('1');
    const image = page.locator(`#grids figure[data-run="${ids['five 1']}"] img`);
    await image.scrollIntoViewIfNeeded();
    const factors = (): Promise<number[]> =>
      image.evaluate((element) => {
        const { naturalWidth, naturalHeight, currentSrc, complete } = element as HTMLImageElement;
        if (!complete || !currentSrc.includes('rows=1')) return [];
        const { width, height } = element.getBoundingClientRect();
        return [width / naturalWidth, height / naturalHeight];
      });
    await expect.poll(factors).toEqual([2, 2]);
  });

  it('open a picture at its real pixels, with its condition in words, by keys alone', async () => {
    await page.locator(`#grids figure[data-run="${ids['five 1']}"] .grid-window`).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'five · seed 1' });
    await dialog.waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const condition = page.locator('#lightbox-condition');
    await expect.poll(() => condition.textContent()).toMatch(/^“Young”, asks for Young; not Male, .* \(column 3 of 6, row 2 of 2\)$/);
    const canvas = dialog.locator('canvas');
    const shown = await canvas.evaluate((element) => {
      const { width, clientWidth } = element as HTMLCanvasElement;
      return { width, factor: clientWidth / width, rendering: getComputedStyle(element).imageRendering };
    });
    expect(shown).toMatchObject({ width: 32, rendering: 'pixelated' });
    expect(Number.isInteger(shown.factor) && shown.factor > 1).toBe(true);
    await page.keyboard.press('PageUp');
    await expect.poll(() => dialog.locator('figcaption').textContent()).toBe('five · seed 1, epoch 3');
    expect(await page.locator('#epoch-label').textContent()).toBe('epoch 4 of 4');
    await page.reload();
    await expect.poll(() => dialog.locator('figcaption').textContent()).toBe('five · seed 1, epoch 3');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(false);
    expect(page.url()).not.toContain('pic=');
  });

  it('are held against another epoch or run: side by side, in turn, or as a difference that is zero for the same', async () => {
    const key = ids['five 1']!.slice(-6);
    await open(`#pic=${key}:4:2:1&vs=${key}:4:difference`);
    await expect.poll(figures).toMatch(/mean difference 0\.0 of 255, at most 0$/);
    await page.locator('#lightbox-other-epoch').selectOption('1');
    await expect.poll(figures).toMatch(/mean difference (?!0\.0)[\d.]+ of 255, at most \d+$/);
    await page.locator('#lightbox-mode').selectOption('flicker');
    const caption = page.locator('#lightbox figcaption');
    await expect.poll(() => caption.textContent()).toBe('2 of 2: five · seed 1, epoch 1');
    await expect.poll(() => caption.textContent()).toBe('1 of 2: five · seed 1, epoch 4');
    await page.locator('#lightbox-mode').selectOption('side');
    await page.locator('#lightbox-other').selectOption({ label: 'ten · seed 1' });
    await expect.poll(() => caption.allTextContents()).toEqual(['five · seed 1, epoch 4', 'ten · seed 1, epoch 1']);
  });

  it('do not flicker by themselves where little motion is asked for: the space bar turns them', async () => {
    const key = ids['five 1']!.slice(-6);
    await open(`#pic=${key}:4:2:1&vs=${key}:1:flicker`, { reducedMotion: 'reduce' });
    const caption = page.locator('#lightbox figcaption');
    await expect.poll(() => caption.textContent()).toContain('1 of 2');
    await page.waitForTimeout(1500);
    expect(await caption.textContent()).toContain('1 of 2');
    await page.keyboard.press(' ');
    await expect.poll(() => caption.textContent()).toContain('2 of 2');
  });
});

describe('many runs', () => {
  beforeEach(async () => {
    await page.goto(`${origin}/experiments/many`);
    await page.locator('#grids figure').first().waitFor();
  });

  it('have a table that is reached at once, page by page, sorted and filtered over all pages', async () => {
    await page.getByRole('button', { name: 'Table of runs' }).click();
    await expect.poll(() => page.locator('#runs-title').evaluate((title) => title.getBoundingClientRect().top)).toBeLessThan(900);
    expect(await labels()).toHaveLength(100);
    await page.getByRole('button', { name: 'Next' }).click();
    expect((await labels()).at(-1)).toBe('seed 130');
    expect(await page.locator('#pager').textContent()).toContain('101 to 130 of 130');
    await page.getByRole('columnheader', { name: 'seed' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'seed' }).getByRole('button').click();
    await page.getByRole('button', { name: 'Back' }).click();
    await expect.poll(async () => (await labels())[0]).toBe('seed 130');
    await filter().fill('seed=5,128');
    await expect.poll(labels).toEqual(['seed 128', 'seed 5']);
    expect(await page.locator('#pager').isVisible()).toBe(false);
  });

  it('have small cards, some at a time, and only those that have a grid', async () => {
    const cards = page.locator('#grids figure');
    await expect.poll(() => cards.count()).toBe(24);
    expect(await page.locator('.more-grids').textContent()).toBe('Show 6 more of 30 grids 100 runs without a grid yet');
    await page.getByRole('button', { name: 'Show 6 more of 30 grids' }).click();
    await expect.poll(() => cards.count()).toBe(30);
  });
});

describe('comparison is open to everyone', () => {
  // Colours depend on the theme alone, and where things stand on the width alone.
  it.each([
    ['light', 1440],
    ['dark', 390],
  ] as const)('%s at %d px: no serious finding of axe, and no sideways scrolling', async (colorScheme, width) => {
    const [a, b] = [ids['two 1']!.slice(-6), ids['five 1']!.slice(-6)];
    for (const hash of [
      `#cmp=${a},${b}&par=1&q=seed=1&pin=${a}&down=attributes&across=training.seed`,
      `#pic=${b}:4:2:1&vs=${b}:1:difference`,
    ]) {
      await open(hash, { colorScheme, viewport: { width, height: 900 } });
      await page
        .locator(hash.includes('cmp') ? '#side-by-side .is-best' : '#lightbox canvas')
        .first()
        .waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await findFaults(page)).toEqual([]);
    }
  });
});
