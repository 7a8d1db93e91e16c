// Every page of the dashboard in Firefox. Where there is none this is skipped: the pages' own behaviour is proved in Chromium.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { type Firefox, findFirefox, launchFirefox } from '../helpers/firefox.ts';

const path = findFirefox();
const ENTER = '\uE007';
const ESCAPE = '\uE00C';

describe.skipIf(path === null)('Firefox opens without a fault', () => {
  let results: string;
  let ids: Record<string, string>;
  let workplace: Workplace;
  let dashboard: ReturnType<Workplace['facet']>;
  let origin: string;
  let firefox: Firefox;

  beforeAll(async () => {
    results = mkdtempSync(join(tmpdir(), 'facet-firefox-results-'));
    ids = await writeExampleResults(results, { epochs: 4, stepsPerEpoch: 20, rows: 2, imageSize: 32, hasOracle: true });
    workplace = createWorkplace();
    dashboard = workplace.facet('dashboard', '--port', '0', '--results', results);
    const [line] = await dashboard.stdout.take(1).toArray();
    origin = new URL(/http:\S+/.exec(String(line))![0]).origin;
    firefox = await launchFirefox(path!);
  });

  afterAll(async () => {
    await firefox?.close();
    dashboard?.kill('SIGINT');
    await dashboard;
    workplace?.remove();
    rmSync(results, { recursive: true, force: true });
  });

  afterEach(({ task }) => {
    expect(firefox.faults.splice(0), task.name).toEqual([]);
  });

  /** Lines are on the charts in sight, pictures in the cards. */
  const isDrawn = `[...document.querySelectorAll('#charts canvas[data-metric]')].slice(0, 2).every((canvas) => canvas.width > 0 &&
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte, i) => i % 4 === 3 && byte === 255))`;
  const hasPictures = `[...document.querySelectorAll('#grids img')].some(({ naturalWidth }) => naturalWidth > 0)`;
  const show = (id: string): Promise<void> => firefox.evaluate(`document.getElementById('${id}').scrollIntoView()`);

  it('the overview', async () => {
    await firefox.open(origin);
    await firefox.until(`document.querySelector('main a[href$="experiments/attr-sweep"]')`);
  });

  it('the page of an experiment: headline, charts, grids, table', async () => {
    await firefox.open(`${origin}/experiments/attr-sweep`);
    await firefox.until(`document.querySelectorAll('.plot-point').length > 3 && document.querySelectorAll('#runs tbody tr').length === 9`);
    await show('curves-title');
    await firefox.until(isDrawn);
    await show('grids');
    await firefox.until(hasPictures);
  });

  it('runs side by side, parallel coordinates and grids by parameters', async () => {
    const [a, b] = [ids['two 1']!.slice(-6), ids['five 1']!.slice(-6)];
    await firefox.open('about:blank');
    await firefox.open(`${origin}/experiments/attr-sweep#cmp=${a},${b}&par=1&q=seed=1&down=attributes&across=training.seed`);
    await firefox.until(
      `document.querySelector('#side-by-side .is-best') && document.querySelectorAll('#parallel path[data-run]').length === 9`,
    );
    await firefox.until(`document.querySelectorAll('.grid-matrix figure').length > 3`);
  });

  it('two pictures and their difference, closed by a key', async () => {
    const key = ids['five 1']!.slice(-6);
    await firefox.open('about:blank');
    await firefox.open(`${origin}/experiments/attr-sweep#pic=${key}:4:2:1&vs=${key}:1:difference`);
    await firefox.until(`/mean difference [1-9]/.test(document.getElementById('lightbox-figures').textContent)`);
    await firefox.press(ESCAPE);
    await firefox.until(`!document.getElementById('lightbox').open`);
  });

  it('the page of a run: film, charts, log', async () => {
    await firefox.open(`${origin}/experiments/attr-sweep/runs/${ids['five 1']}`);
    await firefox.until(`document.querySelectorAll('#film img').length > 1`);
    await firefox.until(isDrawn);
    await firefox.evaluate(`document.querySelector('#grids .grid-window').focus()`);
    await firefox.press(ENTER);
    await firefox.until(`document.getElementById('lightbox').open`);
  });

  it('a report, from a file', async () => {
    const out = join(workplace.folder, 'report.html');
    const { exitCode } = await workplace.facet('report', 'attr-sweep', '--out', out, '--results', results);
    expect(exitCode).toBe(0);
    await firefox.open(pathToFileURL(out).href);
    await firefox.until(`document.querySelectorAll('.plot-point').length > 3`);
    await show('curves-title');
    await firefox.until(isDrawn);
    await show('grids');
    await firefox.until(hasPictures);
  });

  it('and would tell of faults', async () => {
    const policy = { 'Content-Type': 'text/html', 'Content-Security-Policy': "img-src 'none'" };
    const script = '<script>console.error("one"); setTimeout(() => { throw new Error("two") });</script>';
    const server = createServer((_, response) => response.writeHead(404, policy).end(`<img src="a.png">${script}`)).listen(0);
    await firefox.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    for (const fault of ['error: refused by img-src', 'error: one', 'error: Error: two', '404: http']) {
      await expect.poll(() => firefox.faults.some((each) => each.startsWith(fault)), { message: fault }).toBe(true);
    }
    await new Promise((done) => server.close(done));
    firefox.faults.length = 0;
  });
});
