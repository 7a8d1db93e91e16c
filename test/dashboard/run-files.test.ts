// What a run's page offers besides the page: its whole log, a search in it, its configuration as a file.

import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/cli/load-experiment.ts';
import { writeConfig } from '../../src/dashboard/data/config-yaml.ts';
import { listDiffering } from '../../src/dashboard/data/differing.ts';
import { searchLog } from '../../src/dashboard/data/log-search.ts';
import { resolveDataset } from '../../src/experiment/schema/dataset.ts';
import { runConfigSchema } from '../../src/experiment/schema/schema.ts';
import { readRunRecord } from '../../src/results/read.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun, writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 2, stepsPerEpoch: 5, rows: 1, imageSize: 32 });
});

afterAll(() => dashboard.remove());

const base = (): string => `/experiments/attr-sweep/runs/${ids['two 1']}`;
const log = (): string => join(dashboard.resultsRoot, 'attr-sweep', ids['two 1']!, 'log.txt');

describe('the log', () => {
  it('is sent whole, as text', async () => {
    appendFileSync(log(), '\n<script>alert(1)</script>\n');
    const response = await dashboard.get(`${base()}/log.txt`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await response.text()).toContain('<script>alert(1)</script>');
  });

  it('is searched whatever the case of letters, and says how much matches', async () => {
    const found = await (await dashboard.get(`/api${base()}/log?find=ALERT`)).json();
    expect(found).toMatchObject({ count: 1, lines: [[found.of, '<script>alert(1)</script>']] });
    expect(await (await dashboard.get(`/api${base()}/log?find=`)).json()).toMatchObject({ count: 0, lines: [] });
  });

  it('names the last 500 lines that match and counts all', () => {
    const found = searchLog(`${Array.from({ length: 700 }, (_, i) => `step ${i + 1}`).join('\n')}\n`, 'step');
    expect([found.of, found.count, found.lines.length, found.lines[0], found.lines.at(-1)]).toEqual([
      700,
      700,
      500,
      [201, 'step 201'],
      [700, 'step 700'],
    ]);
  });

  it('that is a link, or none, is not sent', async () => {
    const folder = join(dashboard.resultsRoot, 'attr-sweep', 'odd');
    mkdirSync(folder);
    expect((await dashboard.get('/experiments/attr-sweep/runs/odd/log.txt')).status).toBe(404);
    symlinkSync('/etc/passwd', join(folder, 'log.txt'));
    expect((await dashboard.get('/experiments/attr-sweep/runs/odd/log.txt')).status).toBe(404);
    expect((await dashboard.get('/api/experiments/attr-sweep/runs/odd/log?find=root')).status).toBe(404);
    rmSync(folder, { recursive: true });
  });
});

describe('the configuration', () => {
  it('as a file is an experiment that trains this run and no other', async () => {
    const text = await (await dashboard.get(`${base()}/config.yaml`)).text();
    const file = join(dashboard.resultsRoot, 'again.yaml');
    writeFileSync(file, text);
    const { points } = await loadExperiment(file, []);
    expect(points.map(({ config }) => config)).toEqual([{ ...readConfig(), dataset: resolveDataset(readConfig().dataset) }]);
    rmSync(file);
  });

  it('of a preset stays what it was, whatever the preset gives', () => {
    const record = exampleRun({ id: 'x', experiment: 'e', axes: {}, attributes: ['Male'] });
    const config = runConfigSchema.parse({ ...record.config, model: { ...record.config.model, preset: 'modern' } });
    expect(writeConfig('e', { ...record, config })).toContain('loss: crossEntropy');
  });

  it('names what differs from the defaults first: of what a preset decides, from the preset', () => {
    const record = exampleRun({ id: 'x', experiment: 'e', axes: {}, attributes: ['Male'], seed: 3 });
    const fields = (changed: object) => listDiffering({ config: runConfigSchema.parse({ ...record.config, ...changed }) });
    expect(fields({}).map(({ field }) => field)).toEqual(expect.arrayContaining(['model.width', 'training.seed']));
    expect(fields({}).find(({ field }) => field === 'training.seed')).toEqual({ field: 'training.seed', value: 3, usual: 1 });
    const ofModern = fields({ model: { ...record.config.model, preset: 'modern' } });
    expect(ofModern).toContainEqual({ field: 'training.loss', value: 'crossEntropy', usual: 'hinge' });
    expect(ofModern.map(({ field }) => field)).toContain('model.preset');
    expect(listDiffering({ config: { attributes: 7 } as never })).toEqual([]);
  });

  it('is shown on the page by what differs, with the rest below', async () => {
    const html = await (await dashboard.get(base())).text();
    expect(html).toContain('Differs from the default');
    expect(html.indexOf('training.epochs')).toBeLessThan(html.indexOf('Every field'));
  });
});

const readConfig = () => readRunRecord(join(dashboard.resultsRoot, 'attr-sweep', ids['two 1']!)).value!.config;
