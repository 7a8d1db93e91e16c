// Links, pipes and folders in the place of the files of a run or an experiment: nothing of what they lead to is shown, and every
// page answers.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLease, readLease, releaseLease } from '../../src/results/leases/lease.ts';
import { runnerLeaseFile } from '../../src/results/paths.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun, writeExampleResults } from '../helpers/example-results.ts';

const SECRET = 'root:x:0:0:SECRET';
const lines = (...records: object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');
const axes = { attributes: 'two', 'training.seed': '1' };
const outcome = { status: 'failed', message: SECRET, finishedAt: '', steps: 7_654_321, epochs: 4, seconds: 9, imagesPerSecond: 1 };
const metric = { epoch: 1, seconds: 1, imagesPerSecond: 1, lossG: 1, lossD: 1, dReal: 0.5, dFake: 0.5 };

/** What would be shown if the file were followed: in the run's folder, or with `..` in the experiment's. */
const FILES: Record<string, (id: string) => string> = {
  'run.json': (id) => JSON.stringify(exampleRun({ id, experiment: 'attr-sweep', axes, attributes: [SECRET] })),
  'outcome.json': () => JSON.stringify(outcome),
  'lease.json': () => JSON.stringify(createLease()),
  'metrics.jsonl': () => `${lines({ step: 7_654_321, ...metric })}${SECRET}\n`,
  'evaluations.jsonl': () => `${lines({ step: 1, epoch: 1, values: { slicedWasserstein: 7_654_321 } })}${SECRET}\n`,
  'log.txt': () => SECRET,
  'training.json': () => JSON.stringify({ format: 1, stepsPerEpoch: 7_654_321, steps: 7_654_321, epochs: 1 }),
  'samples/000001.png': () => SECRET,
  'samples/000001.json': () =>
    JSON.stringify({ epoch: 1, step: 1, imageSize: 32, gap: 2, rows: 1, columns: [{ label: SECRET, bits: {} }] }),
  '../experiment.json': (id) =>
    JSON.stringify({ format: 1, name: 'attr-sweep', description: SECRET, file: SECRET, startedAt: '', runs: [{ id, axes }] }),
  '../runner.json': () => JSON.stringify(createLease()),
  '../halving.jsonl': (run) => lines({ at: '', run, rung: 0, epoch: 1, metric: 'lossG', value: 1, decision: 'promoted', reason: SECRET }),
};
const TRACES = ['SECRET', 'root:', '7654321', '7,654,321', '2 running', 'facet run is at work'];
/** What of the file's content is in these texts. Short, so that a failure can be read. */
const tracesIn = (texts: string[]): string[] => TRACES.filter((trace) => texts.some((text) => text.includes(trace)));

let example: string;
let outside: string;
let id: string;
let dashboard: TestDashboard;

beforeAll(async () => {
  example = mkdtempSync(join(tmpdir(), 'facet-example-'));
  outside = mkdtempSync(join(tmpdir(), 'facet-outside-'));
  const ids = await writeExampleResults(example, { epochs: 1, stepsPerEpoch: 3, rows: 1, imageSize: 32 });
  id = ids['two 1']!;
  for (const [label, other] of Object.entries(ids)) {
    if (label !== 'two 1' && label !== 'five 2') rmSync(join(example, 'attr-sweep', other), { recursive: true, force: true });
  }
  const runner = runnerLeaseFile(join(example, 'attr-sweep'));
  releaseLease(runner, readLease(runner)!); // its holder would write it again
  rmSync(join(example, 'attr-sweep', id, 'outcome.json'));
});

beforeEach(() => {
  dashboard = createTestDashboard();
  cpSync(example, dashboard.resultsRoot, { recursive: true });
});

afterEach(() => dashboard.remove());
afterAll(() => {
  for (const folder of [example, outside]) rmSync(folder, { recursive: true, force: true });
});

const place = (file: string): string => join(dashboard.resultsRoot, 'attr-sweep', id, file);
const routes = (): string[] => [
  '/',
  '/api/experiments',
  '/experiments/attr-sweep',
  '/api/experiments/attr-sweep/changes',
  `/experiments/attr-sweep/runs/${id}`,
  `/api/experiments/attr-sweep/runs/${id}/changes`,
  '/api/experiments/attr-sweep/runs',
  '/api/experiments/attr-sweep/series?metric=lossG&from=7000000&points=4000',
  '/api/experiments/attr-sweep/bands?metric=slicedWasserstein&metric=lossG',
  '/api/experiments/attr-sweep/grids',
];

async function read(path: string): Promise<string> {
  const response = await dashboard.get(path);
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
}

describe.each(Object.keys(FILES))('%s', (file) => {
  it('is shown where it is a plain file', async () => {
    rmSync(place(file), { force: true });
    writeFileSync(place(file), FILES[file]!(id));
    const texts = await Promise.all(routes().map(read));
    if (file !== 'samples/000001.png') expect(tracesIn(texts)).not.toEqual([]);
  });

  it.each([
    ['as it would be read', (): string => FILES[file]!(id)],
    ['as no record at all', (): string => SECRET],
  ])('as a link shows nothing of its target, %s', async (_case, content) => {
    writeFileSync(join(outside, 'target'), content());
    rmSync(place(file), { force: true });
    symlinkSync(join(outside, 'target'), place(file));
    const texts = await Promise.all(routes().map(read));
    expect(tracesIn(texts)).toEqual([]);
    expect((await dashboard.get(`/experiments/attr-sweep/runs/${id}/samples/1.png`)).status).toBe(file.endsWith('png') ? 404 : 200);
    expect(dashboard.errors).toEqual([]);
    const isNamed = texts[2]!.includes('expected a plain file, found a link');
    expect(isNamed).toBe(/run\.json|outcome|experiment|metrics|evaluations/.test(file));
  });

  it('as a folder costs nothing but itself', async () => {
    rmSync(place(file), { force: true });
    mkdirSync(place(file));
    expect(tracesIn(await Promise.all(routes().map(read)))).toEqual([]);
    expect(dashboard.errors).toEqual([]);
  });

  it('that is no record is named without a word of what it holds', async () => {
    rmSync(place(file), { force: true });
    writeFileSync(place(file), file.endsWith('.json') ? SECRET : '');
    expect(tracesIn(await Promise.all(routes().map(read)))).toEqual([]);
  });
});

describe('pipes', () => {
  let facet: ResultPromise;
  let origin: string;

  // A process of its own: one that opened a pipe would not answer any more, and the tests would not end.
  beforeAll(async () => {
    const results = mkdtempSync(join(tmpdir(), 'facet-pipes-'));
    cpSync(example, results, { recursive: true });
    for (const [i, file] of Object.keys(FILES).entries()) {
      const name = `pipe-${i}`;
      cpSync(join(example, 'attr-sweep'), join(results, name), { recursive: true });
      const path = join(results, name, id, file);
      rmSync(path, { force: true });
      execFileSync('mkfifo', [path]);
    }
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
    return () => {
      facet.kill('SIGKILL');
      rmSync(results, { recursive: true, force: true });
    };
  });

  it.each(Object.keys(FILES).map((file, i) => [file, `pipe-${i}`]))('in the place of %s keep nobody waiting', async (_file, name) => {
    for (const route of [
      '/',
      ...routes()
        .slice(2)
        .map((path) => path.replace('attr-sweep', name)),
    ]) {
      const response = await fetch(origin + route, { signal: AbortSignal.timeout(60_000) });
      expect([route, response.status]).toEqual([route, 200]);
      await response.text();
    }
    const picture = await fetch(`${origin}/experiments/${name}/runs/${id}/samples/1.png`, { signal: AbortSignal.timeout(60_000) });
    expect(picture.status).toBe(_file.endsWith('png') ? 404 : 200);
  });
});
