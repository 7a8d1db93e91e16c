// What the pages say of runs that an oracle has judged: last and best, beside what real pictures have.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluationFile } from '../../src/results/paths.ts';
import { writeExperimentRecord } from '../../src/results/write-run.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleResults } from '../helpers/example-results.ts';
import { elementsOf, readTable, textOf } from '../helpers/read-html.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32, hasOracle: true });
});
afterAll(() => dashboard.remove());

const page = async (path: string): Promise<string> => (await dashboard.get(path)).text();
const runPage = (label: string): Promise<string> => page(`/experiments/attr-sweep/runs/${ids[label]}`);
const shownCharts = (html: string): string[] =>
  elementsOf(html, 'figure')
    .filter((figure) => !/^<figure[^>]* hidden/.test(figure))
    .map((figure) => /data-metric="(\w+)"/.exec(figure)![1]!);

describe("a run's page", () => {
  it('has each metric at the end and at the best checkpoint, beside that of real pictures, and says who judged', async () => {
    const html = await runPage('five 1');
    const rows = readTable(html, 'worth');
    expect(rows).toHaveLength(12);
    const frechet = rows.find(({ Metric }) => Metric!.startsWith('Frechet distance'))!;
    expect(frechet).toMatchObject({ Last: expect.stringMatching(/^\d+/), Best: expect.stringMatching(/^\d+/), 'Real pictures': '1.600' });
    expect(frechet.Last).not.toBe(frechet.Best);
    const text = textOf(html);
    expect(text).toContain('the best checkpoint is that of epoch 3, by Frechet distance');
    expect(text).toContain('an oracle whose own balanced accuracy is 0.979, at worst 0.850 (Young), on 4,000 held-out pictures');
  });

  it('has each attribute, the worst first, and greys those that the oracle cannot judge', async () => {
    const html = await runPage('five 1');
    const rows = readTable(html, 'attributes');
    expect(rows.map(({ Attribute }) => Attribute)).toEqual(['Blond Hair', 'Eyeglasses', 'Smiling', 'Male', 'Young not reliable']);
    const relative = rows.slice(0, 4).map((row) => Number(row.Relative));
    expect(relative).toEqual([...relative].sort((a, b) => a - b));
    expect(rows.at(-1)).toMatchObject({ Accuracy: '0.710', 'Oracle itself': '0.850', 'Held out with, without': '900, 3,100' });
    expect(elementsOf(html, 'tr').filter((row) => row.startsWith('<tr class="is-unreliable"'))).toHaveLength(1);
    expect(textOf(html)).toContain('One attribute is grey');
  });

  it('has last and best of a run that trains, without what is not measured yet', async () => {
    const html = await runPage('five 2');
    expect(readTable(html, 'worth').find(({ Metric }) => Metric!.startsWith('Frechet'))).toMatchObject({ 'Real pictures': '–' });
    expect(html).not.toContain('id="attributes"');
    expect(await runPage('ten 3')).not.toContain('id="worth"');
  });

  it('shows the charts of the main metrics at first, and offers the others', async () => {
    const html = await runPage('five 1');
    const judged = ['relativeAccuracy', 'worstRelativeAccuracy', 'frechetDistance'];
    expect(shownCharts(html)).toEqual(['lossD', 'lossG', 'dReal', 'dFake', ...judged, 'slicedWasserstein']);
    expect(elementsOf(html, 'figure').length).toBeGreaterThan(12);
    expect(html).toMatch(/<input type="checkbox" value="kernelDistance"\s*\/>/);
    expect(html).toMatch(/<input type="checkbox" value="frechetDistance" checked=""\s*\/>/);
  });
});

describe("an experiment's page", () => {
  it('compares the points of the sweep with mean and deviation over their seeds, and sends that again when it changes', async () => {
    const html = await page('/experiments/attr-sweep');
    const [head, last, best] = elementsOf(elementsOf(html, 'table').find((each) => each.includes('comparison-table'))!, 'tr').map(textOf);
    expect(head).toBe('Attributes Runs Checkpoint Rel. accuracy Worst Frechet Distance Time');
    expect(last).toMatch(/^two 2 of 3 last 0\.\d{3} ± 0\.\d{3} .* \d+\.\d ± \d+\.\d /);
    expect(best).toMatch(/^best 0\.\d{3} ± 0\.\d{3} /);
    expect(textOf(html)).toMatch(/Real pictures 1\.000 1\.6 0\.040/);
    expect(textOf(html)).toContain('6 runs left out: 1 timed out, 1 running, 1 interrupted, 1 diverged, 1 crashed, 1 waiting.');
    const before = await (await dashboard.get('/api/experiments/attr-sweep/changes')).json();
    expect(html).toContain(before.comparison);
    rmSync(evaluationFile(join(dashboard.resultsRoot, 'attr-sweep', ids['two 2']!)));
    const after = await (await dashboard.get('/api/experiments/attr-sweep/changes')).json();
    expect(textOf(after.comparison)).toContain('1 not evaluated at its end');
  });

  it('shows in the table of runs the last value, and the best where it is another', async () => {
    const rows = readTable(await page('/experiments/attr-sweep'));
    const row = rows.find(({ Run }) => Run === 'five · seed 1')!;
    expect(row['Rel. accuracy']).toMatch(/^0\.\d{3} best 0\.\d{3}$/);
    expect(rows.find(({ Run }) => Run === 'ten · seed 3')!['Rel. accuracy']).toBe('–');
  });

  it('of too many runs to compare says where that can be done', async () => {
    const folder = join(dashboard.resultsRoot, 'huge');
    mkdirSync(folder);
    const runs = Array.from({ length: 2001 }, (_, i) => ({ id: `run-${i}`, axes: { 'training.seed': `${i}` } }));
    writeExperimentRecord(folder, {
      format: 1,
      name: 'huge',
      description: '',
      file: 'huge.yaml',
      startedAt: new Date(0).toISOString(),
      runs,
    });
    expect(textOf(await page('/experiments/huge'))).toContain(
      'too many runs to compare them here. On a terminal: npx facet compare huge --results /',
    );
  });
});
