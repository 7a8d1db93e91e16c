import { describe, expect, it } from 'vitest';
import { RunSeries } from '../../src/dashboard/curves/run-series.ts';
import type { CurvePatch, SeriesPatch } from '../../src/dashboard/wire.ts';
import { createRandom } from '../../src/experiment/random.ts';
import type { MetricsRecord } from '../../src/results/records.ts';

const record = (step: number, lossG: number): MetricsRecord => ({
  step,
  epoch: Math.ceil(step / 100),
  seconds: step / 10,
  imagesPerSecond: 1000,
  lossG,
  lossD: 1,
  dReal: 0.5,
  dFake: 0.5,
});

function seriesOf(values: number[], capacity = 64): RunSeries {
  const series = new RunSeries(capacity, 1);
  for (const [i, value] of values.entries()) series.add(record(i + 1, value), 1);
  return series;
}

const patchOf = (series: RunSeries, since = 0): SeriesPatch => series.patchSince(since)!;
const pairs = ({ points }: CurvePatch): [number, number | null][] =>
  Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i]!, points[2 * i + 1]!]);

/** Values of five digits, so that what is sent is what was recorded. */
function noise(count: number, seed: number): number[] {
  const random = createRandom(0, 'noise', seed);
  return Array.from({ length: count }, () => Math.round(random.normal() * 1000) / 1000);
}

describe('curves of a run', () => {
  it('sends every step of a short run as it was recorded', () => {
    const values = noise(64, 1);
    const patch = patchOf(seriesOf(values));
    expect(patch.bucketSteps).toBe(1);
    expect(pairs(patch.curves.lossG)).toEqual(values.map((value, i) => [i + 1, value]));
    expect(patch.curves.lossG.means).toBeUndefined();
  });

  it.each([65, 100, 1000, 4095, 10_000])('keeps the smallest and largest value of every stretch of %i steps', (count) => {
    const values = noise(count, count);
    const patch = patchOf(seriesOf(values));
    expect(patch.curves.lossG.points.length / 2).toBeLessThanOrEqual(128);
    const points = pairs(patch.curves.lossG);
    for (let start = 0; start < count; start += patch.bucketSteps) {
      const stretch = values.slice(start, start + patch.bucketSteps);
      const sent = points.filter(([step]) => step > start && step <= start + patch.bucketSteps);
      expect(Math.min(...sent.map(([, value]) => value!))).toBe(Math.min(...stretch));
      expect(Math.max(...sent.map(([, value]) => value!))).toBe(Math.max(...stretch));
      for (const [step, value] of sent) expect(value).toBe(values[step - 1]);
    }
    expect(points.map(([step]) => step)).toEqual(points.map(([step]) => step).sort((a, b) => a - b));
  });

  it('sends the mean of every stretch, which smoothing needs', () => {
    const values = noise(1000, 3);
    const { bucketSteps, curves } = patchOf(seriesOf(values));
    const expected = Array.from({ length: Math.ceil(1000 / bucketSteps) }, (_, i) => {
      const stretch = values.slice(i * bucketSteps, (i + 1) * bucketSteps);
      return stretch.reduce((sum, value) => sum + value, 0) / stretch.length;
    });
    for (const [i, mean] of curves.lossG.means!.entries()) expect(mean).toBeCloseTo(expected[i]!, 3);
  });

  it('keeps a gap where a value was NaN or infinite, however much is merged', () => {
    const values = noise(5000, 4);
    values[2345] = Number.NaN;
    values[4000] = Number.POSITIVE_INFINITY;
    const gaps = pairs(patchOf(seriesOf(values)).curves.lossG).filter(([, value]) => value === null);
    expect(gaps.map(([step]) => step)).toEqual([2346, 4001]);
  });

  it('shows a run that never had a finite value as nothing but gaps', () => {
    const { curves } = patchOf(seriesOf(Array(300).fill(Number.NaN)));
    expect(pairs(curves.lossG).every(([, value]) => value === null)).toBe(true);
    expect(curves.lossG.means!.every((mean) => mean === null)).toBe(true);
  });

  it('sends only the end that changed to a reader that has the rest', () => {
    const series = seriesOf(noise(200, 5));
    for (let step = 201; step <= 203; step++) series.add(record(step, step), 2);
    const patch = patchOf(series, 1);
    expect(patch.fromStep).toBeGreaterThan(190);
    expect(pairs(patch.curves.lossG).at(-1)).toEqual([203, 203]);
    expect(series.patchSince(2)).toBeNull();
  });

  it('sends everything again when the stretches have grown', () => {
    const series = seriesOf(noise(64, 6));
    series.add(record(65, 0.5), 2);
    expect(patchOf(series, 1)).toMatchObject({ fromStep: 1, bucketSteps: 2, lastStep: 65 });
  });

  it('tells a reader of former curves that these are new, even while they are empty', () => {
    const series = new RunSeries(64, 7);
    expect(series.patchSince(6)).toMatchObject({ fromStep: 1, lastStep: 0, seconds: [] });
    expect(series.patchSince(7)).toBeNull();
  });

  it('refuses steps that do not follow', () => {
    const series = seriesOf([1, 2, 3]);
    expect([series.add(record(3, 9), 2), series.add(record(1.5, 9), 2), series.add(record(Number.NaN, 9), 2)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(series.last!.step).toBe(3);
  });

  it('takes a far too large step without growing', () => {
    const series = seriesOf([1, 2]);
    series.add(record(2 ** 52, 5), 2);
    expect(patchOf(series).seconds.length).toBeLessThanOrEqual(64);
  });

  it('learns how many steps an epoch has', () => {
    const series = seriesOf(noise(100, 8));
    expect(series.stepsPerEpoch).toBeNull();
    series.add(record(101, 1), 2);
    expect(series.stepsPerEpoch).toBe(100);
  });
});
