// `facet report` as a process, and the file that it leaves, opened in a real Chromium that has no network.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFaults } from '../helpers/axe.ts';
import { launchBrowser, openWatchedPage, type WatchedPage } from '../helpers/browser.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { writeManyRuns } from '../helpers/many-runs.ts';

const HOSTILE = '</script><script>document.title = "taken"</script><!--';
let folder: string;
let ids: Record<string, string>;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

const report = (...args: string[]) =>
  execa(process.execPath, [join(FACET_ROOT, 'bin', 'facet.js'), 'report', ...args], {
    cwd: folder,
    reject: false,
    env: { FACET_CACHE: join(tmpdir(), 'facet-cli-test-cache') },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-report-'));
  ids = await writeExampleResults(join(folder, 'results'), { epochs: 4, stepsPerEpoch: 60, rows: 2, hasOracle: true });
  const file = join(folder, 'results', 'attr-sweep', ids['five 1']!, 'outcome.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), message: HOSTILE }));
  const { exitCode, stdout, stderr } = await report('attr-sweep', '--out', 'out.html');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^out\.html: 9 runs of attr-sweep, /);
  browser = await launchBrowser();
  watched = await openWatchedPage(browser, 'null', { offline: true });
  page = watched.page;
  watched.page.on('request', (request) => {
    if (!/^(data|file):/.test(request.url())) watched.faults.push(`asked a network: ${request.url()}`);
  });
  await page.goto(pathToFileURL(join(folder, 'out.html')).href);
  await page.locator('.plot-point').first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is one file of less than 5 MB, and nothing beside it', () => {
  expect(statSync(join(folder, 'out.html')).size).toBeLessThan(5e6);
  expect(readdirSync(folder).sort()).toEqual(['out.html', 'results']);
});

it('shows headline, curves of groups, grids, table and the choice of single runs, without a server', async () => {
  expect(await page.locator('.headline-plot').count()).toBeGreaterThan(1);
  expect(await page.locator('#runs tbody tr').count()).toBe(9);
  expect(await page.locator('#lines-note').textContent()).toContain('means over all 9 runs');
  await page.locator('#headline-end').selectOption('best');
  await page.locator('#grids img').first().scrollIntoViewIfNeeded();
  const drawn = () =>
    page.locator('#grids img').evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length);
  await expect.poll(drawn).toBeGreaterThan(0);
  await page.locator('#curve-lines').selectOption('runs');
  await expect.poll(() => page.locator('#lines-note').textContent()).not.toContain('means');
  expect(page.url()).toContain('lines=runs');
});

it('has no form for faces, which only a server can make', async () => {
  expect(await page.locator('#generate, #face-text').count()).toBe(0);
});

it('leads from a run in the table to its configuration and where it comes from', async () => {
  await page.locator(`#row-${ids['two 1']} th a`).click();
  const about = page.locator(`[id="run-${ids['two 1']}"]`);
  expect(await about.getAttribute('open')).not.toBeNull();
  expect(await about.textContent()).toContain('training.seed1');
  expect(await about.textContent()).toContain('Experiment file');
  const judged = about.locator('.attribute-details tbody th');
  expect(await judged.evaluateAll((heads) => heads.map((head) => head.firstChild!.textContent))).toEqual(['Male', 'Young']);
  expect(await about.locator('.attribute-details thead').textContent()).toContain('Oracle itself');
  expect(await page.locator('a[href*="experiments/"]').count()).toBe(0);
});

it('gives the comparison away as the command does, without a server', async () => {
  const link = page.getByRole('link', { name: 'Save the comparison as CSV' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const { stdout } = await execa(process.execPath, [join(FACET_ROOT, 'bin', 'facet.js'), 'compare', 'attr-sweep', '--csv'], {
    cwd: folder,
  });
  expect(readFileSync(await download.path(), 'utf8').trimEnd()).toBe(stdout);
});

it('takes text of the results as text, asks nobody, and has no fault', async () => {
  expect(await page.locator(`[id="run-${ids['five 1']}"]`).textContent()).toContain(HOSTILE);
  expect(await page.title()).toBe('attr-sweep · Facet');
  expect(watched.faults.filter((fault) => !fault.startsWith('asked elsewhere: file:'))).toEqual([]);
});

it.each([1440, 390])('has no serious finding of axe at %d px, a run and the comparison of two unfolded', async (width) => {
  const key = (run: string): string => ids[run]!.slice(-6);
  const { page } = await openWatchedPage(browser, 'null', { offline: true, viewport: { width, height: 900 } });
  await page.goto(`${pathToFileURL(join(folder, 'out.html')).href}#cmp=${key('two 1')},${key('five 1')}&par=1`);
  await page.locator('#side-by-side .is-best').first().waitFor();
  await page.locator(`[id="run-${ids['two 1']}"]`).evaluate((details) => details.setAttribute('open', ''));
  expect(await findFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  await page.context().close();
});

it('leaves nothing, or the whole file, whenever it is interrupted', async () => {
  expect((await report('attr-sweep', '--out', 'again.html')).exitCode).toBe(0);
  const { size } = statSync(join(folder, 'again.html'));
  const ends = new Set<string>();
  for (const afterMs of [150, 600, 900]) {
    rmSync(join(folder, 'again.html'), { force: true });
    const child = report('attr-sweep', '--out', 'again.html');
    setTimeout(() => child.kill('SIGINT'), afterMs);
    const { exitCode, signal } = await child;
    const isThere = existsSync(join(folder, 'again.html'));
    ends.add(isThere ? 'whole' : 'nothing');
    if (isThere) expect(statSync(join(folder, 'again.html')).size).toBe(size);
    else expect(exitCode ?? signal).not.toBe(0);
    expect(readdirSync(folder).filter((name) => !['again.html', 'out.html', 'results'].includes(name))).toEqual([]);
  }
  expect(ends).toContain('nothing');
});

it('of hundreds of runs stays under 5 MB, shows each run, and says what it holds of grids and curves', async () => {
  await writeManyRuns(join(folder, 'results', 'many'), 300);
  const { exitCode, stdout } = await report('many', '--out', 'many.html');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^many\.html: 300 runs of many, \d\.\d MB; to stay small it holds .*curves of groups, not of single runs\n?$/);
  expect(statSync(join(folder, 'many.html')).size).toBeLessThan(5e6);
  const { page } = await openWatchedPage(browser, 'null', { offline: true });
  await page.goto(pathToFileURL(join(folder, 'many.html')).href);
  await page.locator('#runs tbody tr').first().waitFor();
  expect(await page.locator('#pager').textContent()).toContain('of 300');
  expect(await page.locator('details.report-run').count()).toBe(300);
  expect(await page.locator('header').textContent()).toContain('curves of groups, not of single runs');
  await page.context().close();
  rmSync(join(folder, 'many.html'));
});

it('replaces no file unless told to, and writes nothing among the results', async () => {
  const again = await report('attr-sweep', '--out', 'out.html');
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('which is there: add --overwrite to replace it')]);
  expect((await report('attr-sweep', '--out', 'out.html', '--overwrite')).exitCode).toBe(0);
  const among = await report('attr-sweep', '--out', 'results/out.html');
  expect([among.exitCode, among.stderr]).toEqual([2, expect.stringContaining('which lies in the results')]);
  expect(existsSync(join(folder, 'results', 'out.html'))).toBe(false);
  expect((await report('attr-sweep', '--out', 'nowhere/out.html')).stderr).toContain('in a folder that does not exist');
});
