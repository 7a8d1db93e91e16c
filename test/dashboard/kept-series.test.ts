// Curves that are kept in the cache folder: a server that starts again reads no metrics twice, and never shows what is not there.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SeriesReply } from '../../src/dashboard/data/api.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';

const read = vi.hoisted(() => ({ bytes: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const readSync = (...parts: unknown[]): number => {
    const count = (fs.readSync as (...parts: unknown[]) => number)(...parts);
    read.bytes += count;
    return count;
  };
  return { ...fs, readSync };
});

const STEPS = 3000;
const line = (step: number, lossG: number): string => `${JSON.stringify({ step, epoch: 1, seconds: step, lossG })}\n`;
const linesFrom = (first: number, last: number, lossG: number): string =>
  Array.from({ length: last - first + 1 }, (_, i) => line(first + i, lossG)).join('');

let dashboard: TestDashboard;
let cacheFolder: string;
let metrics: string;

beforeEach(() => {
  cacheFolder = join(mkdtempSync(join(tmpdir(), 'facet-kept-')), 'dashboard');
  dashboard = createTestDashboard({ cacheFolder });
  const folder = join(dashboard.resultsRoot, 'sweep', 'run');
  metrics = join(folder, 'metrics.jsonl');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '..', 'experiment.json'), JSON.stringify({ format: 1, name: 'sweep', runs: [{ id: 'run', axes: {} }] }));
  writeFileSync(metrics, `no record\n${linesFrom(1, STEPS, 1)}`);
  age();
});

afterEach(() => {
  dashboard.remove();
  rmSync(join(cacheFolder, '..'), { recursive: true, force: true });
});

/** As if it had been written a while ago: what is younger may change and keep its time. */
function age(): void {
  utimesSync(metrics, Date.now() / 1000 - 60, Date.now() / 1000 - 60);
}

/** What a server that has just started shows, and how many bytes it reads for that. */
async function start(): Promise<{ lastStep: number; values: (number | null)[]; problems: string[]; bytes: number }> {
  const again = createTestDashboard({ cacheFolder, resultsRoot: dashboard.resultsRoot });
  read.bytes = 0;
  const { runs } = (await (await again.get('/api/experiments/sweep/series?metric=lossG&points=512')).json()) as SeriesReply;
  const { bytes } = read;
  const table = await (await again.get('/api/experiments/sweep/runs')).json();
  const points = runs[0]!.curves.lossG?.points ?? [];
  const values = [...new Set(points.filter((_, i) => i % 2 === 1))];
  return { lastStep: runs[0]!.lastStep, values, problems: table.runs[0].problems, bytes };
}

const kept = (): string[] => readdirSync(cacheFolder).map((name) => join(cacheFolder, name));

describe('a server that starts again', () => {
  it('shows the same, bad lines included, and reads the metrics no second time', async () => {
    const first = await start();
    expect(first).toMatchObject({
      lastStep: STEPS,
      values: [1],
      problems: [expect.stringContaining('metrics.jsonl:1  expected a metrics record')],
    });
    expect(first.bytes).toBeGreaterThan(statSync(metrics).size);
    const { bytes, ...second } = await start();
    expect(second).toEqual({ lastStep: first.lastStep, values: first.values, problems: first.problems });
    expect(bytes - statSync(kept()[0]!).size).toBeLessThan(20_000);
  });

  it('reads on where the file has grown', async () => {
    await start();
    appendFileSync(metrics, linesFrom(STEPS + 1, STEPS + 50, 7));
    const { bytes, ...shown } = await start();
    expect(shown).toMatchObject({ lastStep: STEPS + 50, values: [1, 7] });
    expect(bytes - statSync(kept()[0]!).size).toBeLessThan(40_000);
  });

  it.each([
    ['was written anew in the same length', () => writeFileSync(metrics, `no record\n${linesFrom(1, STEPS, 2)}`)],
    [
      'was replaced by another one',
      () => {
        rmSync(metrics);
        writeFileSync(metrics, `no record\n${linesFrom(1, STEPS, 2)}`);
      },
    ],
    [
      'was cut and has grown beyond its former end',
      () => {
        truncateSync(metrics, 10);
        appendFileSync(metrics, linesFrom(1, STEPS + 500, 2));
      },
    ],
  ])('reads all of a file that %s, with its old time', async (_case, change) => {
    await start();
    const { atime, mtime } = statSync(metrics);
    change();
    utimesSync(metrics, atime, mtime);
    expect((await start()).values).toEqual([2]);
  });

  it('shows nothing of a file that is gone', async () => {
    await start();
    rmSync(metrics);
    expect(await start()).toMatchObject({ lastStep: 0, values: [] });
  });

  it('needs nothing that is kept: deleted, cut, damaged or of another kind, it is read again', async () => {
    const whole = await start();
    const path = kept()[0]!;
    const bytes = readFileSync(path);
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 100]! ^= 0xff;
    for (const content of [bytes.subarray(0, bytes.length / 2), damaged, Buffer.from('{}'), Buffer.alloc(0), Buffer.alloc(64, 0xff)]) {
      writeFileSync(path, content);
      const { bytes: _, ...shown } = await start();
      expect(shown).toEqual({ lastStep: whole.lastStep, values: whole.values, problems: whole.problems });
    }
    rmSync(cacheFolder, { recursive: true });
    expect((await start()).values).toEqual([1]);
  });

  it('keeps nothing of a file that was written just now, and nothing in the results', async () => {
    appendFileSync(metrics, line(STEPS + 1, 3));
    const before = readdirSync(join(metrics, '..'));
    await start();
    expect(() => kept()).toThrow(/ENOENT/);
    expect(readdirSync(join(metrics, '..'))).toEqual(before);
  });
});

it('curves are shown where nothing can be kept', async () => {
  writeFileSync(join(cacheFolder), 'a file in the place of the folder');
  expect((await start()).lastStep).toBe(STEPS);
});
