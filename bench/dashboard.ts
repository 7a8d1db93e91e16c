// The dashboard on made-up results of four sizes, and beside TensorBoard where `.peers` has it: npm run bench:dashboard --
// [--only NAME[,NAME]] [--folder FOLDER] [--checkout FOLDER]. One size takes a minute or two. --checkout: another version, to be measured
// on the same results. Where other programs take the processors, compare the processor time of the server and of the page.

import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { readLastMetrics } from '../src/results/lines/metrics.ts';
import { metricsFile } from '../src/results/paths.ts';
import { launchBrowser } from '../test/helpers/browser.ts';
import { type Drawn, measureHover, measureSlider, median, navigate, openPage, pause } from './dashboard/browse.ts';
import { makeSweep, metricLine, SWEEPS, type SweepSize } from './dashboard/make-results.ts';
import { ask, cpuSeconds, measureTabs, residentMiB, serve } from './dashboard/server.ts';
import { measureTensorBoard } from './dashboard/tensorboard.ts';

const { values: options } = parseArgs({ options: { only: { type: 'string' }, folder: { type: 'string' }, checkout: { type: 'string' } } });
const folder = resolve(options.folder ?? join(tmpdir(), 'facet-bench-dashboard'));
const checkout = resolve(options.checkout ?? FACET_ROOT);
const wanted = options.only?.split(',') ?? SWEEPS.map(({ name }) => name);
const sizes = SWEEPS.filter(({ name }) => wanted.includes(name));
if (sizes.length < wanted.length) throw new Error(`--only: expected some of ${SWEEPS.map(({ name }) => name).join()}, got ${options.only}`);
const results = join(folder, 'results');
const cache = join(folder, 'cache');
mkdirSync(folder, { recursive: true });
for (const size of sizes) if (!existsSync(join(results, size.name, 'experiment.json'))) await makeSweep(results, size);

const browser = await launchBrowser();
for (const size of sizes) {
  await measureSweep(browser, size);
  await measureTensorBoard(browser, folder, size);
}
await browser.close();

async function measureSweep(browser: Browser, size: SweepSize): Promise<void> {
  const path = `/experiments/${size.name}`;
  console.log(`\n${size.name}: ${size.runs} runs of ${size.steps} steps`);
  rmSync(cache, { recursive: true, force: true });
  for (const what of ['nothing kept', 'started again']) {
    const served = await serve(checkout, results, cache);
    const { ms } = await ask(`${served.origin}${path}`);
    const { page, drawn } = await openPage(browser, `${served.origin}${path}`);
    tell(`${what}: first byte`, ms, 'ms');
    tell(`${what}: drawn`, drawn.drawnMs, 'ms');
    tell(`${what}: processor time of the server, from its start`, cpuSeconds(served) * 1000, 'ms');
    tell(`${what}: main thread of the page`, drawn.taskMs, 'ms');
    if (what === 'started again') {
      const cpu = cpuSeconds(served);
      const reloads: Drawn[] = [];
      for (let i = 0; i < 3; i++) reloads.push(await navigate(page, () => page.reload({ waitUntil: 'commit' })));
      tell('warm: drawn', median(reloads.map(({ drawnMs }) => drawnMs)), 'ms');
      tell('warm: processor time of the server', ((cpuSeconds(served) - cpu) / 3) * 1000, 'ms');
      tell('warm: main thread of the page', median(reloads.map(({ taskMs }) => taskMs)), 'ms');
      tell('bodies', drawn.bodiesMiB, 'MiB');
      tell('browser heap', drawn.heapMiB, 'MiB');
      tell('pointer over a chart, a frame', await measureHover(page), 'ms');
      if (size.grids > 0) {
        const { stepMs, stepMiB } = await measureSlider(page, 8);
        tell('a step of the slider', stepMs, 'ms');
        tell('a step of the slider', stepMiB, 'MiB');
      }
      const run = /runs\/([^/"?]+)/.exec((await ask(`${served.origin}${path}`)).text)![1]!;
      if (size.grids > 0) tell('a new metric drawn after', await measureNews(page, run, size), 'ms');
      await page.context().close();
      const before = cpuSeconds(served);
      const ofRun = await openPage(browser, `${served.origin}${path}/runs/${run}`);
      tell("one run's page drawn", ofRun.drawn.drawnMs, 'ms');
      tell("one run's page: processor time of the server", (cpuSeconds(served) - before) * 1000, 'ms');
      await ofRun.page.context().close();
      const tabs = { tabs: 50, intervalMs: 3000, seconds: 12 };
      const looks = [await measureTabs(served, '/api/experiments', tabs), await measureTabs(served, `/api${path}/changes`, tabs)];
      tell('50 tabs, overview: p95', looks[0]!.p95Ms, 'ms');
      tell('50 tabs, overview: of a core', looks[0]!.share * 100, '%');
      tell('50 tabs, experiment: p95', looks[1]!.p95Ms, 'ms');
      tell('50 tabs, experiment: of a core', looks[1]!.share * 100, '%');
    } else {
      await page.context().close();
    }
    const { now, peak } = residentMiB(served);
    tell(`${what}: memory of the server`, now, 'MiB');
    tell(`${what}: most memory of the server`, peak, 'MiB');
    await served.stop();
  }
}

/** From a line in metrics.jsonl to its step in the page's table. */
async function measureNews(page: Page, run: string, { name, steps }: SweepSize): Promise<number> {
  const times: number[] = [];
  const before = readLastMetrics(join(results, name, run))!.step;
  for (let i = 1; i <= 7; i++) {
    const step = before + i;
    await pause(500 + 300 * i);
    const start = performance.now();
    appendFileSync(metricsFile(join(results, name, run)), metricLine(step, steps, { count: 2, jitter: () => 0 }));
    const text = step.toLocaleString('en-US');
    await page.waitForFunction(([id, wanted]) => document.getElementById(`row-${id}`)?.textContent?.includes(wanted!), [run, text], {
      polling: 30,
      timeout: 30_000,
    });
    times.push(performance.now() - start);
  }
  return median(times);
}

function tell(what: string, value: number, unit: string): void {
  console.log(`  ${what.padEnd(64)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`);
}
