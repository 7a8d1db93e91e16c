import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendHalvingDecision } from '../../src/results/lines/halving.ts';
import { halvingFile } from '../../src/results/paths.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun, writeExampleResults } from '../helpers/example-results.ts';
import { elementsOf, readTable, textOf } from '../helpers/read-html.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 4, stepsPerEpoch: 30, rows: 2, imageSize: 32 });
});

afterAll(() => dashboard.remove());

const page = async (path: string): Promise<string> => {
  const response = await dashboard.get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  return response.text();
};
const runPath = (label: string): string => `/experiments/attr-sweep/runs/${ids[label]}`;

describe('the list of experiments', () => {
  it('says what each one asks, how its runs stand and how many attributes they learn', async () => {
    const html = await page('/');
    expect(html).toContain('<a href="experiments/attr-sweep">attr-sweep</a>');
    expect(html).toContain('How many binary attributes can one conditional DCGAN learn?');
    for (const words of ['9 runs', '1 running', '3 succeeded', '1 waiting', '1 interrupted', '1 diverged', '2, 5 and 10 attributes']) {
      expect(html).toContain(words);
    }
    expect(html).toMatch(/last written (just now|\d+ min ago)/);
  });

  it('shows the newest sample grid', async () => {
    const url = /<img class="thumbnail[^>]* src="([^"]+)"/.exec(await page('/'))![1]!;
    const picture = await dashboard.get(`/${url}`.replaceAll('&amp;', '&'));
    expect(picture.headers.get('content-type')).toBe('image/png');
  });

  it('tells how to begin where nothing has been run', async () => {
    const empty = createTestDashboard();
    expect(await (await empty.get('/')).text()).toMatch(/npx facet run experiments\/attr-sweep\.yaml --results \//);
    empty.remove();
    expect(await (await empty.get('/')).text()).toContain('npx facet run experiments/attr-sweep.yaml');
  });

  it('is sent again only when it changed', async () => {
    const first = await (await dashboard.get('/api/experiments')).json();
    expect(first).toMatchObject({ isActive: true, html: expect.stringContaining('attr-sweep') });
    const second = await (await dashboard.get(`/api/experiments?cursor=${first.cursor}`)).json();
    expect(second).toEqual({ cursor: first.cursor, isActive: true });
  });
});

describe("an experiment's page", () => {
  it('lists what successive halving decided, newest first, whatever else its log holds', async () => {
    expect(await page('/experiments/attr-sweep')).not.toContain('Successive halving');
    const folder = join(dashboard.resultsRoot, 'attr-sweep');
    const decision = { at: '2026-01-10T09:00:00.000Z', rung: 0, epoch: 1, metric: 'lossG', value: Number.NaN };
    const run = Object.values(ids)[0]!;
    appendHalvingDecision(folder, { ...decision, run, decision: 'stopped-early', reason: 'lossG 3 was 3rd of 3 after epoch 1' });
    appendFileSync(halvingFile(folder), '7\n{"run": 1}\n{"torn');
    appendHalvingDecision(folder, { ...decision, run: '<b>gone</b>', decision: 'promoted', reason: 'lossG 1 was 1st of 3 after epoch 1' });
    const cursor = new URLSearchParams({ cursor: 'none' });
    const html = await page('/experiments/attr-sweep');
    expect(html).not.toContain('<b>gone</b>');
    expect(elementsOf(html, 'li').map(textOf)).toEqual([
      'goes on <b>gone</b>: lossG 1 was 1st of 3 after epoch 1',
      `stopped early ${run} : lossG 3 was 3rd of 3 after epoch 1`,
    ]);
    const changes = await (await dashboard.get(`/api/experiments/attr-sweep/changes?${cursor}`)).json();
    expect(changes.summary).toContain('1st of 3 after epoch 1');
    rmSync(halvingFile(folder));
  });

  it('has a row for every run: label, attributes, state, steps, epochs, last losses, speed and time', async () => {
    const rows = readTable(await page('/experiments/attr-sweep'));
    expect(rows).toHaveLength(9);
    const rowOf = (label: string): Record<string, string> => rows.find(({ Run }) => Run === label)!;
    expect(rowOf('two · seed 1')).toMatchObject({
      attributes: 'two',
      seed: '1',
      '# attributes': '2',
      State: 'succeeded',
      Steps: '120',
      Epochs: '4 of 4',
      'Loss G': expect.stringMatching(/^\d\.\d{3}$/),
      'Loss D': expect.stringMatching(/^\d\.\d{3}$/),
      Distance: expect.stringMatching(/^\d\.\d{3}( best \d\.\d{3})?$/),
      'Images/s': '1,020',
      Time: '14s',
    });
    expect(rowOf('five · seed 2')).toMatchObject({ State: expect.stringMatching(/^running \d+s left$/), Steps: '72 of 120' });
    const diverged = { State: 'diverged lossG became NaN at step 46', 'Loss G': 'NaN', 'Loss D': 'NaN' };
    expect(rowOf('ten · seed 1')).toMatchObject(diverged);
    expect(rowOf('ten · seed 3')).toMatchObject({ '# attributes': '10', State: 'waiting', Steps: '–', 'Loss G': '–' });
  });

  it('names the attributes where the number alone is shown', async () => {
    expect(await page('/experiments/attr-sweep')).toContain('title="Male, Young, Smiling, Eyeglasses, Blond_Hair"');
  });

  it('tells how to go on where runs are left and nothing is at work', async () => {
    const idle = createTestDashboard();
    const record = { format: 1, name: 'idle', file: 'experiments/idle.yaml' };
    const folder = join(idle.resultsRoot, 'idle');
    mkdirSync(folder);
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify({ ...record, runs: [{ id: 'later-1', axes: {} }] }));
    expect(await (await idle.get('/experiments/idle')).text()).toContain('npx facet run experiments/idle.yaml');
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify({ ...record, runs: [] }));
    expect(await (await idle.get('/experiments/idle')).text()).toContain('no runs yet');
    idle.remove();
  });

  it('marks runs that the experiment file no longer asks for', async () => {
    const former = createTestDashboard();
    await writeExampleResults(former.resultsRoot, { epochs: 1, stepsPerEpoch: 2, rows: 1, imageSize: 32 });
    const folder = join(former.resultsRoot, 'attr-sweep', 'old-000000');
    mkdirSync(folder);
    const record = exampleRun({ id: 'old-000000', experiment: 'attr-sweep', axes: { attributes: 'old' }, attributes: ['Male'] });
    writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
    const rows = readTable(await (await former.get('/experiments/attr-sweep')).text());
    expect(rows.map(({ Run }) => Run)).toContain('old former');
    former.remove();
  });
});

describe("a run's page", () => {
  it('puts first how a run failed', async () => {
    const html = await page(runPath('ten 1'));
    expect(html).toContain('role="alert"');
    expect(textOf(html)).toMatch(/ten · seed 1 diverged lossG became NaN at step 46/);
    expect(await page(runPath('ten 2'))).toContain('killed by SIGSEGV');
    expect(await page(runPath('two 1'))).not.toContain('role="alert"');
  });

  it('has the configuration in words, and whole as JSON', async () => {
    const text = textOf(await page(runPath('five 1')));
    for (const words of ['5 attributes Male Young Smiling Eyeglasses Blond_Hair', 'Learning rate 0.0002', 'Horizontal flip yes']) {
      expect(text).toContain(words);
    }
    expect(text).toContain('"latentSize": 100');
  });

  it('tells where the run comes from', async () => {
    const text = textOf(await page(runPath('five 1')));
    for (const words of [
      'git 45c4074e0c2f, with uncommitted changes',
      'TensorFlow 2.21.0 (CPU): no NVIDIA driver was found',
      'synthetic-1c9d03',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('shows the end of the log as text, never as markup', async () => {
    const html = await page(runPath('ten 2'));
    expect(html).toContain('&lt;b&gt;not markup&lt;/b&gt; &amp; &quot;quotes&quot;');
  });

  it('tells how to go on with a run that was interrupted or never began', async () => {
    expect(textOf(await page(runPath('five 3')))).toContain('Go on with npx facet run experiments/attr-sweep.yaml');
    expect(textOf(await page(runPath('ten 3')))).toContain('Start it with npx facet run experiments/attr-sweep.yaml');
  });

  it('sends the log again only when it grew', async () => {
    const path = `/api${runPath('five 2')}/changes`;
    const first = await (await dashboard.get(path)).json();
    expect(first.log.text).toContain('TensorFlow 2.21.0');
    expect(first.runs).toMatchObject([{ id: ids['five 2'], view: { label: 'five · seed 2', state: 'running' } }]);
    const again = await (await dashboard.get(`${path}?cursor=${first.cursor}&log=${first.log.version}`)).json();
    expect(again).toMatchObject({ runs: [] });
    expect(again.log).toBeUndefined();
    writeFileSync(join(dashboard.resultsRoot, 'attr-sweep', ids['five 2']!, 'log.txt'), 'one more line\n');
    const grown = await (await dashboard.get(`${path}?cursor=${first.cursor}&log=${first.log.version}`)).json();
    expect(grown.log.text).toBe('one more line');
  });
});

describe('addresses that lead nowhere', () => {
  it.each(['/nothing', '/experiments/nothing', '/experiments/attr-sweep/runs/nothing', '/experiments/%E0%A4%A', '/experiments/'])(
    'answer %s with a page that leads back',
    async (path) => {
      const response = await dashboard.get(path);
      expect(response.status).toBe(404);
      expect(await response.text()).toMatch(/Not found.*<a href="(\.\/|(\.\.\/)+)">/s);
    },
  );

  it('answer programs with 404 too', async () => {
    for (const path of ['/api/experiments/nothing/changes', '/api/experiments/attr-sweep/runs/nothing/changes']) {
      expect((await dashboard.get(path)).status).toBe(404);
    }
  });
});

describe('the bundled client', () => {
  it('is kept by the browser for ever, as its address changes with its content', async () => {
    const response = await dashboard.get('/assets/abc/client.js');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect((await dashboard.get('/assets/other/client.js')).status).toBe(404);
  });
});
