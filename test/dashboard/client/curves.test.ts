import { describe, expect, it } from 'vitest';
import { applyPatch, drawCurve, type RunCurves, secondsAt } from '../../../src/dashboard/client/charts/curves.ts';
import { RunSeries } from '../../../src/dashboard/curves/run-series.ts';
import { createRandom } from '../../../src/experiment/random.ts';

function addSteps(series: RunSeries, { from, to, version }: { from: number; to: number; version: number }): void {
  for (let step = from; step <= to; step++) {
    const lossG = step === 777 ? Number.NaN : Math.round(createRandom(0, 'loss', step).uniform() * 1000) / 1000;
    series.add({ step, epoch: 1, seconds: step * 2, imagesPerSecond: 1, lossG, lossD: 2, dReal: 0.5, dFake: 0.5 }, version);
  }
}

const identity = (step: number): number => step;

describe('curves in the browser', () => {
  it('are the same whether they came at once or a few steps at a time', () => {
    const series = new RunSeries(32, 1);
    let curves: RunCurves | null = null;
    for (let version = 1; version <= 150; version++) {
      addSteps(series, { from: (version - 1) * 7 + 1, to: version * 7, version });
      curves = applyPatch(curves, series.patchSince(version - 1)!);
    }
    expect(curves).toEqual(applyPatch(null, series.patchSince(0)!));
  });

  it('start anew when the run was redone', () => {
    const series = new RunSeries(32, 1);
    addSteps(series, { from: 1, to: 20, version: 1 });
    const old = applyPatch(null, series.patchSince(0)!);
    const redone = new RunSeries(32, 2);
    expect(applyPatch(old, redone.patchSince(1)!).curves).toEqual({});
  });

  it('of a metric that comes late keep their places, also where buckets were merged', () => {
    const series = new RunSeries(32, 1);
    addSteps(series, { from: 1, to: 200, version: 1 });
    const early = applyPatch(null, series.patchSince(0)!);
    for (let step = 201; step <= 220; step++) series.add({ step, epoch: 2, seconds: step, imagesPerSecond: 1, accuracy: 1 }, 2);
    const late = applyPatch(early, series.patchSince(1)!);
    expect(late).toEqual(applyPatch(null, series.patchSince(0)!));
    expect(late.curves.accuracy!.means).toHaveLength(late.seconds.length);
    expect(drawCurve(late, 'neverRecorded', { smoothingSteps: 0, xOf: identity })).toEqual([]);
  });

  it('are drawn value by value without smoothing, with gaps as gaps', () => {
    const series = new RunSeries(2048, 1);
    addSteps(series, { from: 1, to: 1000, version: 1 });
    const points = drawCurve(applyPatch(null, series.patchSince(0)!), 'lossG', { smoothingSteps: 0, xOf: identity });
    expect(points).toHaveLength(1000);
    expect(points.filter(({ y }) => Number.isNaN(y)).map(({ step }) => step)).toEqual([777]);
  });

  it('are smoothed to nearly the same line, however far they were merged', () => {
    const draw = (capacity: number) => {
      const series = new RunSeries(capacity, 1);
      addSteps(series, { from: 1, to: 4096, version: 1 });
      return drawCurve(applyPatch(null, series.patchSince(0)!), 'lossG', { smoothingSteps: 500, xOf: identity });
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
    const curves = applyPatch(null, series.patchSince(0)!);
    const [raw, smoothed] = [0, 200].map((smoothingSteps) => drawCurve(curves, 'lossG', { smoothingSteps, xOf: identity }));
    expect(smoothed![0]!.y).toBeCloseTo(raw![0]!.y, 10);
  });

  it('know the time of every step', () => {
    const series = new RunSeries(16, 1);
    addSteps(series, { from: 1, to: 100, version: 1 });
    const curves = applyPatch(null, series.patchSince(0)!);
    for (const step of [1, 7, 50, 99, 100]) expect(secondsAt(curves, step)).toBeCloseTo(step * 2, 6);
  });
});
