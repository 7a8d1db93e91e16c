// A new metric is one file and one row: added to a copy of the sources, it is seen in halving, in the terminal, as JSON and on a page.

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEvaluations } from '../../src/results/lines/evaluations.ts';
import { readHalvingDecisions } from '../../src/results/lines/halving.ts';
import { readExperiment } from '../../src/results/read.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';

let copy: string;
let workplace: Workplace;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'facet-copy-'));
  for (const name of ['bin', 'scripts', 'src', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(FACET_ROOT, name), join(copy, name), { recursive: true });
  for (const name of ['node_modules', 'tensorflow']) symlinkSync(join(FACET_ROOT, name), join(copy, name));
  workplace = createWorkplace();
  workplace.root = copy;
  workplace.env.FACET_TRAINER = '';
  workplace.env.FACET_BACKEND = 'tensorflow';
});
afterAll(() => {
  workplace.remove();
  rmSync(copy, { recursive: true, force: true });
});

const EVALUATOR = `
import type { Evaluator } from '../evaluator.ts';

export const brightness: Evaluator<null> = {
  names: ['brightness'],
  prepare: async () => null,
  async measure({ pixels }) {
    return { brightness: 50 + (50 * pixels.reduce((sum, value) => sum + value, 0)) / pixels.length };
  },
};
`;
const ROW = `{
    name: 'brightness', short: 'brightness', label: 'Mean brightness', unit: '%', better: 'max', when: 'evaluation',
    range: [0, 100], meaning: 'higher: generated pictures are brighter', audience: 'tables',
  },`;

/** The one file, its line in the list, and the row. */
function addMetric(): void {
  const edit = (path: string, change: (text: string) => string) => {
    const text = readFileSync(join(copy, path), 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(join(copy, path), change(text));
  };
  writeFileSync(join(copy, 'src/model/evaluation/metrics/brightness.ts'), EVALUATOR);
  edit('src/model/evaluation/index.ts', (text) =>
    `import { brightness } from './metrics/brightness.ts';\n${text}`.replace(
      '  slicedWasserstein,\n',
      '  slicedWasserstein,\n  brightness,\n',
    ),
  );
  edit('src/experiment/metrics.ts', (text) => text.replace('METRICS: readonly Metric[] = [', `METRICS: readonly Metric[] = [${ROW}`));
}

it('a metric that is added as one file and one row chooses among runs, and is shown everywhere', async () => {
  addMetric();
  const sweep = 'sweep: {grid: {training.seed: [1, 2, 3]}, halving: {metric: brightness, factor: 3}}';
  workplace.writeText(`model: {width: 8, latentSize: 4}\nsamples: {rows: 1}\nexecution: {parallel: 1}\n${sweep}`);
  const run = await workplace.facet('run', 'sweep.yaml');
  expect(run.exitCode, run.all).toBe(0);

  // Halving: the brightest goes on, without a mode in the file.
  const { runs, folder } = readExperiment(workplace.results, 'sweep');
  const afterFirst = runs.map((each) => readEvaluations(each.folder).records[0]!.values);
  for (const values of afterFirst) expect(Object.keys(values)).toEqual(['slicedWasserstein', 'brightness']);
  const brightest = Math.max(...afterFirst.map(({ brightness }) => brightness!));
  const winner = runs[afterFirst.findIndex(({ brightness }) => brightness === brightest)]!;
  expect(runs.map(({ id, state }) => [id, state])).toEqual(runs.map(({ id }) => [id, id === winner.id ? 'succeeded' : 'stopped-early']));
  const promoted = readHalvingDecisions(folder).find(({ decision }) => decision === 'promoted')!;
  expect(promoted).toMatchObject({ run: winner.id, metric: 'brightness', value: brightest });

  // Terminal, and JSON. The line of an epoch has the evaluation of that epoch.
  for (const { epoch, values } of readEvaluations(winner.folder).records)
    expect(run.stdout).toContain(`${winner.id}  epoch ${epoch}/4, brightness (%) ${values.brightness!.toFixed(3)}`);
  expect(run.stdout).toMatch(/^run +state +epochs +brightness \(%\) +loss D +loss G +distance +images\/s +time$/m);
  expect(run.all).toContain(`${winner.id}  brightness ${Number(brightest.toPrecision(3))} was 1st of 3 after epoch 1; it goes on`);
  const status = JSON.parse((await workplace.facet('status', 'sweep', '--json')).stdout);
  for (const each of status.runs) expect(each.metrics.brightness).toEqual(expect.any(Number));

  // Page.
  const dashboard = workplace.facet('dashboard', '--port', '0');
  try {
    const url = await new Promise<string>((resolve, reject) => {
      dashboard.stdout!.on('data', (chunk) => {
        const found = /http:\S+/.exec(String(chunk));
        if (found) resolve(found[0]);
      });
      dashboard.then(({ all }) => reject(new Error(all)));
    });
    const page = await (await fetch(new URL('/experiments/sweep', url))).text();
    expect(page).toContain('<canvas id="chart-brightness"');
    expect(page).toContain('<button type="button">Brightness (%)</button>');
    const changes = await (await fetch(new URL('/api/experiments/sweep/changes', url))).json();
    const shown = changes.runs.find(({ id }: { id: string }) => id === winner.id);
    expect(shown.view.evaluations.brightness[0][1]).toBe(brightest);
  } finally {
    dashboard.kill('SIGTERM');
    await dashboard;
  }
}, 240_000);
