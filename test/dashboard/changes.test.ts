import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExperimentChanges } from '../../src/dashboard/wire.ts';
import { METRICS } from '../../src/experiment/metrics.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleGrid } from '../helpers/example-grids.ts';
import { EXAMPLE_ATTRIBUTES, writeExampleMetrics, writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

let example: string;

beforeAll(async () => {
  example = mkdtempSync(join(tmpdir(), 'facet-example-'));
  ids = await writeExampleResults(example, { epochs: 4, stepsPerEpoch: 30, rows: 1, imageSize: 32 });
});

beforeEach(() => {
  dashboard = createTestDashboard();
  cpSync(example, dashboard.resultsRoot, { recursive: true });
});

afterEach(() => dashboard.remove());
afterAll(() => rmSync(example, { recursive: true, force: true }));

const folderOf = (label: string): string => join(dashboard.resultsRoot, 'attr-sweep', ids[label]!);

async function changes(cursor = ''): Promise<ExperimentChanges> {
  const response = await dashboard.get(`/api/experiments/attr-sweep/changes?cursor=${cursor}`);
  expect(response.status).toBe(200);
  return response.json();
}

const metric = (step: number, lossG: number): string =>
  `${JSON.stringify({ step, epoch: 3, seconds: step, imagesPerSecond: 1, lossG, lossD: 1, dReal: 0.5, dFake: 0.5 })}\n`;

describe('what an open page is told', () => {
  it('is everything at first: runs in order, their curves, rows and grids', async () => {
    const reply = await changes();
    expect(reply.order).toEqual(Object.values(ids));
    expect(reply.runs.map(({ view }) => view?.label)).toContain('ten · seed 2');
    const five = reply.runs.find(({ id }) => id === ids['five 1'])!;
    expect(five.series!.lastStep).toBe(120);
    expect(five.row).toMatchObject({ epoch: 4, steps: 120, secondsLeft: null });
    expect(five.view!.samples.map(([epoch]) => epoch)).toEqual([1, 2, 3, 4]);
    expect(five.view!.grid).toEqual({ imageSize: 32, gap: 2, rows: 1, columns: ['usual', ...EXAMPLE_ATTRIBUTES.five!] });
  });

  it('has no curves where the page fetches them by itself', async () => {
    await changes();
    const response = await dashboard.get('/api/experiments/attr-sweep/changes?curves=none&cursor=');
    const { runs } = (await response.json()) as ExperimentChanges;
    expect(runs.map(({ id }) => id)).toEqual(Object.values(ids));
    expect(runs.filter(({ series }) => series !== undefined)).toEqual([]);
  });

  it('is nothing while nothing changes', async () => {
    const { cursor } = await changes();
    const reply = await changes(cursor);
    expect(reply).toMatchObject({ cursor, runs: [] });
    expect(reply.order).toBeUndefined();
  });

  it('is only the new steps of the one run that trained on', async () => {
    const { cursor } = await changes();
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), metric(73, 1.25) + metric(74, 1.5));
    const reply = await changes(cursor);
    expect(reply.runs).toHaveLength(1);
    expect(reply.runs[0]).toMatchObject({ id: ids['five 2'], series: { fromStep: 73, lastStep: 74 } });
    expect(reply.runs[0]!.series!.curves.lossG.points).toEqual([73, 1.25, 74, 1.5]);
    expect((await changes(reply.cursor)).runs).toEqual([]);
  });

  it('is the same for two pages, each with a cursor of its own', async () => {
    const first = await changes();
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), metric(73, 1));
    await changes(first.cursor);
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), metric(74, 1));
    expect((await changes(first.cursor)).runs[0]!.series).toMatchObject({ fromStep: 73, lastStep: 74 });
  });

  it('leaves out a last line that is still being written, and has it once it is whole', async () => {
    const { cursor } = await changes();
    const line = metric(73, 1);
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), line.slice(0, 20));
    expect((await changes(cursor)).runs).toEqual([]);
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), line.slice(20));
    expect((await changes(cursor)).runs[0]!.series!.lastStep).toBe(73);
  });

  it('begins the curves anew where a run was redone', async () => {
    const { cursor } = await changes();
    rmSync(join(folderOf('five 2'), 'metrics.jsonl'));
    writeExampleMetrics(folderOf('five 2'), { count: 5, seed: 9, steps: 100, stepsPerEpoch: 30 });
    expect((await changes(cursor)).runs[0]!.series).toMatchObject({ fromStep: 1, lastStep: 100 });
  });

  it('shows a new grid and the end of a run', async () => {
    const { cursor } = await changes();
    const grid = { epoch: 3, step: 90, attributes: EXAMPLE_ATTRIBUTES.five!, rows: 1, imageSize: 32, blur: 0 };
    await writeExampleGrid(folderOf('five 2'), grid);
    const outcome = { status: 'succeeded', message: 'done', finishedAt: '', steps: 120, epochs: 4, seconds: 9, imagesPerSecond: 1 };
    writeFileSync(join(folderOf('five 2'), 'outcome.json'), JSON.stringify(outcome));
    const { runs, summary } = await changes(cursor);
    expect(runs).toHaveLength(1);
    expect(runs[0]!.view).toMatchObject({ state: 'succeeded', stateWords: 'succeeded' });
    expect(runs[0]!.view!.samples.at(-1)![0]).toBe(3);
    expect(summary).toContain('4 succeeded');
  });

  it('shows each evaluation of a run, one that was no number as a gap, and the last in its row', async () => {
    const { cursor } = await changes();
    const path = join(folderOf('five 2'), 'evaluations.jsonl');
    writeFileSync(path, '{"step":30,"epoch":1,"slicedWasserstein":"NaN"}\n{"step":60,"epoch":2,"slicedWasserstein":0.2468}\n');
    const first = await changes(cursor);
    expect(first.runs.map(({ id }) => id)).toEqual([ids['five 2']]);
    expect(first.runs[0]!.view!.evaluations).toEqual({
      slicedWasserstein: [
        [30, null],
        [60, 0.2468],
      ],
    });
    expect(first.runs[0]!.row!.figures).toContainEqual([0.2468, 0.2468]);
    appendFileSync(path, '{"step":90,"epoch":3,"values":{"slicedWasserstein":0.125}}\n');
    const second = await changes(first.cursor);
    expect(second.runs[0]!.view!.evaluations.slicedWasserstein).toHaveLength(3);
    expect((await changes(second.cursor)).runs).toEqual([]);
  });

  it('shows metrics of a trainer of somebody else under their names, of steps and of evaluations', async () => {
    const { cursor, metrics } = await changes();
    expect(metrics).toEqual(METRICS.filter(({ oracle }) => !oracle).map(({ name }) => name));
    const folder = folderOf('five 2');
    const lines = [1, 2].map((step) => JSON.stringify({ step, epoch: step, seconds: step, imagesPerSecond: 1, perplexity: 10 / step }));
    writeFileSync(join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n`);
    writeFileSync(join(folder, 'evaluations.jsonl'), '{"step":2,"epoch":2,"values":{"bleu":0.4321}}\n');
    const reply = await changes(cursor);
    expect(reply.metrics).toEqual([...metrics, 'bleu', 'perplexity']);
    const { series, view, row } = reply.runs.find(({ id }) => id === ids['five 2'])!;
    expect(series!.curves).toEqual({ perplexity: { points: [1, 10, 2, 5] } });
    expect(view!.evaluations).toEqual({ bleu: [[2, 0.4321]] });
    expect(row!.figures.map(([last]) => last)).toEqual(expect.arrayContaining([0.4321, 5]));
    const page = await (await dashboard.get('/experiments/attr-sweep')).text();
    for (const name of reply.metrics) expect(page).toContain(`<canvas id="chart-${name}"`);
    for (const head of ['Bleu', 'Perplexity', 'Loss D', 'Distance']) expect(page).toContain(`<button type="button">${head}</button>`);
    const runPage = await (await dashboard.get(`/experiments/attr-sweep/runs/${ids['five 2']}`)).text();
    expect(runPage).toContain('<canvas id="chart-bleu"');
    expect(runPage).toContain('Perplexity');
  });

  it('lists runs that were added', async () => {
    const { cursor } = await changes();
    const recordFile = join(dashboard.resultsRoot, 'attr-sweep', 'experiment.json');
    const runs = [...Object.values(ids), 'wider-1'].map((id) => ({ id, axes: { attributes: 'two' } }));
    writeFileSync(recordFile, JSON.stringify({ format: 1, name: 'attr-sweep', description: null, file: 'x.yaml', startedAt: '', runs }));
    const reply = await changes(cursor);
    expect(reply.order!.at(-1)).toBe('wider-1');
    expect(reply.runs.find(({ id }) => id === 'wider-1')!.view!.attributes).toEqual(['Male', 'Young']);
  });

  it('is everything again where the cursor is of an earlier server, or nonsense', async () => {
    for (const cursor of ['0123456789ab.5', 'nonsense', '.', '%00']) expect((await changes(cursor)).order).toHaveLength(9);
  });
});

describe('faults in the results folder', () => {
  it('cost nothing but what is broken, and are named on the page', async () => {
    writeFileSync(join(folderOf('two 1'), 'run.json'), '{"torn": ');
    writeFileSync(join(folderOf('two 2'), 'outcome.json'), '[]');
    appendFileSync(join(folderOf('five 2'), 'metrics.jsonl'), 'not json\n');
    rmSync(join(folderOf('five 1'), 'samples'), { recursive: true });
    writeFileSync(join(folderOf('five 1'), 'samples'), 'a file, not a folder');
    mkdirSync(join(dashboard.resultsRoot, 'attr-sweep', 'stray'));
    const html = await (await dashboard.get('/experiments/attr-sweep')).text();
    expect(html).toContain('Some files could not be read; everything else is shown.');
    expect(html).toContain(`attr-sweep/${ids['two 1']}/run.json: expected a run record`);
    expect(html).toContain(`attr-sweep/${ids['two 2']}/outcome.json: expected an outcome`);
    expect(html).toContain(`attr-sweep/${ids['five 2']}/metrics.jsonl:73`);
    // Commands to be pasted name the folder of results; nothing else does.
    expect(html.replaceAll(`--results ${dashboard.resultsRoot}`, '')).not.toContain(dashboard.resultsRoot);
    expect(html).not.toContain('stray');
    expect((await changes()).runs.find(({ id }) => id === ids['five 1'])!.view!.samples).toEqual([]);
    expect((await dashboard.get(`/experiments/attr-sweep/runs/${ids['two 1']}`)).status).toBe(200);
    expect(await (await dashboard.get('/')).text()).toContain('Some files could not be read');
    expect(dashboard.errors).toEqual([]);
  });

  it('do not stop a diverged run with a torn last line from being drawn up to its end', async () => {
    const { runs } = await changes();
    const { series } = runs.find(({ id }) => id === ids['ten 1'])!;
    expect(series!.lastStep).toBe(48);
    expect(series!.curves.lossG.points.slice(-6)).toEqual([46, null, 47, null, 48, null]);
  });
});
