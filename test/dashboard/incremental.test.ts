// What a poll reads: files that changed, and no others. Every open of a file is noted, and done.

import { appendFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLease } from '../../src/results/leases/lease.ts';
import { leaseFile } from '../../src/results/paths.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun } from '../helpers/example-results.ts';

const opened = vi.hoisted(() => [] as string[]);
const read = vi.hoisted(() => ({ bytes: 0 }));
/** Paths that were asked about, and folders that were listed. */
const asked = vi.hoisted(() => ({ stats: [] as string[], lists: [] as string[] }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const noted =
    <Rest extends unknown[], Result>(work: (path: string, ...rest: Rest) => Result) =>
    (path: string, ...rest: Rest): Result => {
      opened.push(String(path));
      return work(path, ...rest);
    };
  const readSync = (...parts: unknown[]): number => {
    const count = (fs.readSync as (...parts: unknown[]) => number)(...parts);
    read.bytes += count;
    return count;
  };
  const lstatSync = (path: string, ...rest: unknown[]): unknown => {
    asked.stats.push(String(path));
    return (fs.lstatSync as (...parts: unknown[]) => unknown)(path, ...rest);
  };
  const readdirSync = (path: string, ...rest: unknown[]): unknown => {
    asked.lists.push(String(path));
    return (fs.readdirSync as (...parts: unknown[]) => unknown)(path, ...rest);
  };
  return { ...fs, readSync, lstatSync, readdirSync, openSync: noted(fs.openSync as never), readFileSync: noted(fs.readFileSync as never) };
});

const RUNS = 200;
const ids = Array.from({ length: RUNS }, (_, i) => `run-${String(i).padStart(6, '0')}`);

let dashboard: TestDashboard;
const experiment = (): string => join(dashboard.resultsRoot, 'large');
const folderOf = (id: string): string => join(experiment(), id);

const outcome = { status: 'succeeded', message: 'done', finishedAt: '', steps: 120, epochs: 4, seconds: 9, imagesPerSecond: 1 };

function writeAtomic(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}

/** As if it had been written a while ago: what has just been written is read once more. */
function age(...paths: string[]): void {
  for (const path of paths) utimesSync(path, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
}

const record = exampleRun({ id: '', experiment: 'large', axes: { attributes: 'two' }, attributes: ['Male', 'Young'] });

function writeRun(id: string): void {
  const folder = folderOf(id);
  mkdirSync(join(folder, 'samples'), { recursive: true });
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...record, id }));
  writeFileSync(join(folder, 'outcome.json'), JSON.stringify(outcome));
  writeFileSync(join(folder, 'samples', '000001.png'), '');
  writeFileSync(join(folder, 'samples', '000001.json'), '{}');
  age(join(folder, 'run.json'), join(folder, 'outcome.json'), join(folder, 'samples'));
}

beforeAll(() => {
  dashboard = createTestDashboard();
  for (const id of ids) writeRun(id);
  const runs = ids.map((id) => ({ id, axes: { attributes: 'two' } }));
  writeFileSync(
    join(experiment(), 'experiment.json'),
    JSON.stringify({ format: 1, name: 'large', description: null, file: 'x', startedAt: '', runs }),
  );
  age(join(experiment(), 'experiment.json'), experiment());
});

afterAll(() => dashboard.remove());

/** The files of the results that one request opens, from the experiment's folder on. */
async function opens(path: string): Promise<string[]> {
  opened.length = 0;
  expect((await dashboard.get(path)).status).toBe(200);
  return opened.filter((file) => file.startsWith(experiment())).map((file) => file.slice(experiment().length + 1));
}

const overview = async (): Promise<string> => (await (await dashboard.get('/api/experiments')).json()).html;

describe('the list of experiments', () => {
  it('reads every run once, and none again while nothing changes', async () => {
    expect((await opens('/')).filter((file) => file.endsWith('/run.json'))).toHaveLength(RUNS);
    expect(await opens('/')).toEqual([]);
    expect(await opens('/api/experiments')).toEqual([]);
  });

  it('reads only the run whose record or outcome changed', async () => {
    await opens('/');
    writeAtomic(join(folderOf(ids[7]!), 'outcome.json'), { ...outcome, status: 'diverged' });
    expect(new Set(await opens('/api/experiments'))).toEqual(new Set([`${ids[7]}/run.json`, `${ids[7]}/outcome.json`]));
    expect(await overview()).toContain('1 diverged');
    age(join(folderOf(ids[7]!), 'outcome.json'));
    await opens('/');
    expect(await opens('/')).toEqual([]);
  });

  it('reads a lease as long as its process lives, and tells when it is gone', async () => {
    await opens('/');
    rmSync(join(folderOf(ids[3]!), 'outcome.json'));
    writeAtomic(leaseFile(folderOf(ids[3]!)), createLease());
    age(leaseFile(folderOf(ids[3]!)));
    expect(await overview()).toContain('1 running');
    const files = await opens('/');
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith(`${ids[3]}/lease.json`))).toEqual([]);
    writeAtomic(leaseFile(folderOf(ids[3]!)), { ...createLease(), pid: 2 ** 22 + 1, startTime: 1 });
    age(leaseFile(folderOf(ids[3]!)));
    expect(await overview()).toContain('1 interrupted');
    expect(await opens('/')).toEqual([]);
  });

  it('shows runs that come and go', async () => {
    await opens('/');
    rmSync(folderOf(ids[0]!), { recursive: true });
    writeRun('run-extra');
    const read = new Set((await opens('/')).map((file) => file.split('/')[0]));
    expect(read).toEqual(new Set([ids[0], 'run-extra']));
    expect(await opens('/')).toEqual([]);
    expect(await overview()).toContain('1 waiting');
  });

  it('shows a new picture', async () => {
    const before = await overview();
    const samples = join(folderOf(ids[9]!), 'samples');
    for (const file of ['000002.png', '000002.json']) writeFileSync(join(samples, file), '');
    const after = await overview();
    expect(before).not.toContain(`${ids[9]}/samples/2.png`);
    expect(after).toContain(`${ids[9]}/samples/2.png`);
    age(samples); // a folder this young would be read again
  });

  it('does not open the files that a run appends to', async () => {
    rmSync(join(folderOf(ids[5]!), 'outcome.json'));
    for (const file of ['metrics.jsonl', 'log.txt', 'evaluations.jsonl']) writeFileSync(join(folderOf(ids[5]!), file), 'x\n');
    await opens('/');
    for (const file of ['metrics.jsonl', 'log.txt', 'evaluations.jsonl']) appendFileSync(join(folderOf(ids[5]!), file), 'x\n');
    expect(await opens('/')).toEqual([]);
  });
});

describe('the page of an experiment', () => {
  it('shares what the list has read, and reads only what changed', async () => {
    await opens('/');
    const first = await opens('/api/experiments/large/changes');
    expect(first.filter((file) => /run\.json|outcome\.json|experiment\.json/.test(file))).toEqual([]);
    expect(await opens('/api/experiments/large/changes')).toEqual([]);
    appendFileSync(join(folderOf(ids[5]!), 'metrics.jsonl'), '{"step":1,"epoch":1}\n');
    expect(await opens('/api/experiments/large/changes')).toEqual([`${ids[5]}/metrics.jsonl`, 'runner.json']); // who is at work, and since when not heard of
  });
});

describe('lines that are no metrics', () => {
  const bad = (count: number): string => '{"iteration":1,"loss":0.5}\n'.repeat(count);

  it.each([20, 5000, 40_000])('cost no more than to read them once: %i lines, of which twenty are named', async (count) => {
    const path = join(folderOf(ids[11]!), 'metrics.jsonl');
    writeFileSync(path, '');
    await opens('/api/experiments/large/changes');
    read.bytes = 0;
    writeFileSync(path, bad(count));
    expect(await opens('/api/experiments/large/changes')).toEqual([`${ids[11]}/metrics.jsonl`, 'runner.json']);
    expect(read.bytes).toBeLessThan(bad(count).length + 100_000);
    const { summary } = await (await dashboard.get(`/api/experiments/large/runs/${ids[11]}/changes`)).json();
    expect(summary).toContain('metrics.jsonl:1  expected a metrics record');
    expect(summary).toContain(`and ${(count > 20 ? 21 : 20) - 8} more`); // of twenty, and of a line that counts the rest, eight are shown
    rmSync(path);
  });
});

it('lists the folder of sample grids again only where it has changed', async () => {
  const url = '/api/experiments/large/changes?curves=none';
  await dashboard.get(url);
  const listed = async (): Promise<string[]> => {
    asked.lists.length = 0;
    await dashboard.get(url);
    return asked.lists.filter((each) => each.endsWith('/samples'));
  };
  expect(await listed()).toEqual([]);
  writeFileSync(join(folderOf(ids[30]!), 'samples', '000002.png'), '');
  age(join(folderOf(ids[30]!), 'samples'));
  expect(await listed()).toEqual([join(folderOf(ids[30]!), 'samples')]);
  expect(await listed()).toEqual([]);
});

describe('a look at runs that ended a while ago', () => {
  const url = '/api/experiments/large/changes?curves=none';
  const folder = (): string => folderOf(ids[20]!);
  const changes = async (cursor = '') => (await dashboard.get(`${url}&cursor=${cursor}`)).json();
  const later = (ms: number): void => {
    vi.advanceTimersByTime(ms);
  };

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    later(60_000);
    await changes();
  });

  afterAll(() => vi.useRealTimers());

  async function statsOfALook(path: string): Promise<string[]> {
    asked.stats.length = 0;
    await dashboard.get(path);
    return asked.stats.filter((each) => each.startsWith(`${experiment()}/run-`)).map((each) => each.slice(experiment().length + 1));
  }

  it('asks for the folder of each and for none of its files', async () => {
    await dashboard.get('/api/experiments');
    const others = ids.slice(40); // that no test above has changed
    const asksFor = async (path: string): Promise<string[]> =>
      (await statsOfALook(path)).filter((each) => others.includes(each.split('/')[0]!)).sort();
    expect(await asksFor(url)).toEqual(others);
    expect(await asksFor('/api/experiments')).toEqual(others);
  });

  it('sees at once what is renamed into the folder of a run', async () => {
    const { cursor } = await changes();
    writeAtomic(join(folder(), 'outcome.json'), { ...outcome, status: 'diverged' });
    expect((await changes(cursor)).runs).toMatchObject([{ id: ids[20], view: { state: 'diverged' } }]);
  });

  it('sees after some seconds what is written into a file in its place', async () => {
    later(60_000);
    const { cursor } = await changes();
    appendFileSync(join(folder(), 'evaluations.jsonl'), '{"step":30,"epoch":1,"values":{"slicedWasserstein":0.5}}\n');
    const { cursor: then } = await changes(cursor);
    later(60_000);
    await changes(then);
    appendFileSync(join(folder(), 'evaluations.jsonl'), '{"step":60,"epoch":2,"values":{"slicedWasserstein":0.25}}\n');
    later(20_001);
    const { runs } = await changes(then);
    expect(runs.map(({ id }: { id: string }) => id)).toEqual([ids[20]]);
    expect(runs[0].view.evaluations.slicedWasserstein).toHaveLength(2);
  });
});
