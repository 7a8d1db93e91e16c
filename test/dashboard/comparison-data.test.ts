import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BandsReply, ComparisonReply } from '../../src/dashboard/data/api.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let ids: Record<string, string>;

const ask = async <T>(path: string): Promise<T> => (await dashboard.get(`/api/experiments/attr-sweep/${path}`)).json() as T;

beforeAll(async () => {
  dashboard = createTestDashboard();
  ids = await writeExampleResults(dashboard.resultsRoot, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32, hasOracle: true });
});
afterAll(() => dashboard.remove());

describe('the points of a sweep as data', () => {
  it('are means over the runs that came to their end, with the number of attributes and the best run of each', async () => {
    const reply = await ask<ComparisonReply>('comparison');
    expect(reply.choices).toEqual(['attributes', 'training.seed']);
    expect(reply.points.map(({ values, attributes, runs }) => [values.attributes, attributes, runs.length])).toEqual([
      ['two', 2, 2],
      ['five', 5, 1],
    ]);
    const [two] = reply.points;
    const values = two!.runs.map(({ last }) => last.frechetDistance!);
    expect(two!.last.frechetDistance!.mean).toBeCloseTo((values[0]! + values[1]!) / 2, 9);
    expect(two!.isBest.last).toContain('frechetDistance');
    const best = two!.runs.toSorted((a, b) => a.best.frechetDistance! - b.best.frechetDistance!)[0]!;
    expect(two!.shown).toMatchObject({ id: best.id, metric: 'frechetDistance', value: best.best.frechetDistance, epoch: 3 });
    expect(reply.real.frechetDistance).toBe(1.6);
  });

  it('are averaged over everything else along the seeds, and along no field that is none', async () => {
    const bySeed = await ask<ComparisonReply>('comparison?x=training.seed');
    expect(bySeed).toMatchObject({ x: 'training.seed', isAveraged: true });
    expect(bySeed.points.map(({ values, runs }) => [values['training.seed'], runs.length])).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
    expect((await ask<ComparisonReply>('comparison?x=nonsense')).x).toBe('attributes');
  });
});

describe('bands', () => {
  it('are of groups by several fields, or of all runs by none', async () => {
    const both = await ask<BandsReply>('bands?metric=lossG&by=attributes&by=training.seed');
    expect(both.groups.map(({ runs }) => runs.length)).toEqual(new Array(9).fill(1));
    expect(both.groups[0]).toMatchObject({ value: 'two · 1', runs: [ids['two 1']] });
    const all = await ask<BandsReply>('bands?metric=lossG&by=');
    expect(all.groups.map(({ label, runs }) => [label, runs.length])).toEqual([['all runs', 9]]);
    expect(all.groups[0]!.bands.lossG!.count[0]).toBe(8);
  });
});
