import { describe, expect, it } from 'vitest';
import { drawCurve, secondsAt } from '../../../src/dashboard/client/curves/curves.ts';
import { RunSeries } from '../../../src/dashboard/curves/run-series.ts';
import type { RunSeriesData } from '../../../src/dashboard/data/api.ts';
import { createRandom } from '../../../src/experiment/random.ts';

function addSteps(series: RunSeries, { from, to, version }: { from: number; to: number; version: number }): void {
  for (let step = from; step <= to; step++) {
    const lossG = step === 777 ? Number.NaN : Math.round(createRandom(0, 'loss', step).uniform() * 1000) / 1000;
    series.add({ step, epoch: 1, seconds: step * 2, imagesPerSecond: 1, lossG, lossD: 2, dReal: 0.5, dFake: 0.5 }, version);
  }
}

function sent(series: RunSeries): RunSeriesData {
  const { fromStep, ...patch } = series.patchSince(0)!;
  return { id: 'a', firstStep: fromStep, ...patch };
}

const identity = (step: number): number => step;

describe('curves in the browser', () => {
  it('are drawn value by value without smoothing, with gaps as gaps', () => {
    const series = new RunSeries(2048, 1);
    addSteps(series, { from: 1, to: 1000, version: 1 });
    const points = drawCurve(sent(series), 'lossG', { smoothingSteps: 0, xOf: identity });
    expect(points).toHaveLength(1000);
    expect(points.filter(({ y }) => Number.isNaN(y)).map(({ step }) => step)).toEqual([777]);
  });

  it('are smoothed to nearly the same line, however far they were merged', () => {
    const draw = (capacity: number) => {
      const series = new RunSeries(capacity, 1);
      addSteps(series, { from: 1, to: 4096, version: 1 });
      return drawCurve(sent(series), 'lossG', { smoothingSteps: 500, xOf: identity });
    };
    const [fine, coarse] = [draw(8192), draw(256)];
    const compared = coarse.slice(20).filter(({ step, y }) => Number.isFinite(y) && Number.isFinite(fine[step - 1]!.y));
    expect(compared.length).toBeGreaterThan(100);
    for (const { step, y } of compared) expect(Math.abs(fine[step - 1]!.y - y)).toBeLessThan(0.02);
    expect(coarse.filter(({ y }) => Number.isNaN(y))).toHaveLength(1);
  });

  it('begin at their first value when smoothed, not at zero', () => {
    const series = new RunSeries(64, 1);
    addSteps(series, { from: 1, to: 50, version: 1 });
    const curves = sent(series);
    const [raw, smoothed] = [0, 200].map((smoothingSteps) => drawCurve(curves, 'lossG', { smoothingSteps, xOf: identity }));
    expect(smoothed![0]!.y).toBeCloseTo(raw![0]!.y, 10);
  });

  it('keep what was recorded beside what is drawn when smoothed', () => {
    const series = new RunSeries(64, 1);
    addSteps(series, { from: 1, to: 50, version: 1 });
    const [raw, smoothed] = [0, 20].map((smoothingSteps) => drawCurve(sent(series), 'lossG', { smoothingSteps, xOf: identity }));
    expect(smoothed!.map(({ raw }) => raw)).toEqual(raw!.map(({ value }) => value));
    expect(smoothed![30]!.value).not.toBe(smoothed![30]!.raw);
  });

  it('of a range have their own steps', () => {
    const part: RunSeriesData = {
      id: 'a',
      firstStep: 101,
      bucketSteps: 10,
      lastStep: 400,
      seconds: [1, 2],
      curves: { lossG: { points: [101, 1, 117, 3], means: [1, 3] } },
    };
    expect(drawCurve(part, 'lossG', { smoothingSteps: 5, xOf: identity }).map(({ x }) => x)).toEqual([105.5, 115.5]);
    expect(drawCurve(part, 'lossG', { smoothingSteps: 0, xOf: identity }).map(({ x }) => x)).toEqual([101, 117]);
    expect(drawCurve(part, 'neverRecorded', { smoothingSteps: 0, xOf: identity })).toEqual([]);
  });

  it('know the time of every step', () => {
    const series = new RunSeries(16, 1);
    addSteps(series, { from: 1, to: 100, version: 1 });
    const curves = sent(series);
    for (const step of [1, 7, 50, 99, 100]) expect(secondsAt(curves, step)).toBeCloseTo(step * 2, 6);
  });
});
