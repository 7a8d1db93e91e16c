// TensorBoard on the same metrics, where a Python with it is in .peers/tensorboard (python3 -m venv .peers/tensorboard;
// .peers/tensorboard/bin/pip install tensorboard), or FACET_BENCH_TENSORBOARD names one. Its event files, sample grids included, are those of
// `facet export`.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { pause } from './browse.ts';
import type { SweepSize } from './make-results.ts';

/** Sizes for which its event files are written: a hundred times 100,000 steps take it many minutes. */
const MOST_STEPS = 1_000_000;

export async function measureTensorBoard(browser: Browser, folder: string, { name, runs, steps }: SweepSize): Promise<void> {
  const python = process.env.FACET_BENCH_TENSORBOARD ?? join(FACET_ROOT, '.peers/tensorboard/bin/python');
  if (!existsSync(python)) return console.log('  TensorBoard is not there; left out');
  if (runs * steps > MOST_STEPS) return console.log('  TensorBoard is left out: writing its event files would take too long');
  const logs = join(folder, 'tensorboard', name);
  mkdirSync(join(folder, 'tensorboard'), { recursive: true });
  if (!existsSync(logs)) writeEvents(name, { results: join(folder, 'results'), logs });
  const port = 6100 + Math.floor(Math.random() * 800);
  const start = performance.now();
  const board = spawn(python, ['-I', '-m', 'tensorboard.main', '--logdir', logs, '--port', String(port)], {
    stdio: 'ignore',
  });
  try {
    const origin = `http://localhost:${port}/`;
    while ((await ask(origin)) === null) await pause(20);
    tell('start to first byte', performance.now() - start);
    // A page that is opened earlier shows the runs that have been read, and no others until a person asks again.
    while (Object.keys(JSON.parse((await ask(`${origin}data/plugin/scalars/tags`)) ?? '{}')).length < runs) await pause(50);
    tell('start to all runs served', performance.now() - start);
    const page = await (await browser.newContext({ viewport: { width: 1600, height: 1000 } })).newPage();
    const drawnMs = await waitUntilDrawn(page, `${origin}#timeseries`);
    tell('its own page drawn', drawnMs);
    await page.context().close();
  } finally {
    board.kill('SIGTERM'); // its data server leaves with it
  }
}

function tell(what: string, ms: number): void {
  console.log(`  ${`TensorBoard: ${what}`.padEnd(64)} ${ms.toFixed(0).padStart(8)} ms`);
}

/** The body of an answer; null where there is none. */
async function ask(url: string): Promise<string | null> {
  const response = await fetch(url).catch(() => null);
  return response?.ok ? response.text() : null;
}

/** A busy browser fails to give a picture now and then. */
async function look(page: Page): Promise<Buffer> {
  for (let i = 0; ; i++) {
    const picture = await page.screenshot().catch((error: unknown) => {
      if (i === 20) throw error;
      return null;
    });
    if (picture !== null) return picture;
  }
}

/** Pixels of a picture 400 wide; a chart of a few lines has some hundreds. */
const LEAST_COLOURED = 400;

/** From the beginning of the navigation until so many coloured pixels are in sight as stay for two seconds; at most two minutes. */
async function waitUntilDrawn(page: Page, url: string): Promise<number> {
  const start = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  let [last, since] = [-1, start];
  while (performance.now() - start < 120_000) {
    const taken = performance.now();
    const { data, info } = await sharp(await look(page))
      .resize(400)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    let coloured = 0;
    for (let i = 0; i < data.length; i += 3) {
      const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
      const x = ((i / 3) % info.width) / info.width;
      const isInside = i > data.length * 0.12 && x > 0.2 && x < 0.84; // below its orange bar, between its list of runs and its settings
      if (isInside && Math.max(r, g, b) - Math.min(r, g, b) > 30) coloured++;
    }
    if (Math.abs(coloured - last) > 20) [last, since] = [coloured, taken];
    else if (coloured > LEAST_COLOURED && taken - since > 2000) return since - start;
    await pause(50);
  }
  return Number.NaN;
}

function writeEvents(name: string, { results, logs }: { results: string; logs: string }): void {
  const words = ['export', name, '--to', 'tensorboard', '--out', logs, '--results', results];
  const { status } = spawnSync(process.execPath, [join(FACET_ROOT, 'bin', 'facet.js'), ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('The event files of TensorBoard could not be written.');
}
