import { describe, expect, it } from 'vitest';
import { layOutHeadline } from '../../../src/dashboard/client/headline/plots.ts';
import type { ComparisonReply, PointData } from '../../../src/dashboard/data/api.ts';
import { describeMetric } from '../../../src/experiment/metrics.ts';

function point(values: Record<string, string>, attributes: number, mean: number, more: Partial<PointData> = {}): PointData {
  const run = (id: string, value: number) => ({ id, label: id, last: { frechetDistance: value }, best: {} });
  const last = { frechetDistance: { n: 2, mean, deviation: 1 } };
  return {
    values,
    attributes,
    runs: [run('a', mean - 1), run('b', mean + 1)],
    last,
    best: last,
    isBest: { last: [], best: [] },
    shown: null,
    ...more,
  };
}

const reply = (points: PointData[], more: Partial<ComparisonReply> = {}): ComparisonReply => ({
  cursor: '',
  x: 'attributes',
  choices: ['attributes'],
  isAveraged: false,
  hasOtherBest: false,
  fields: Object.keys(points[0]?.values ?? {}),
  metrics: ['lossG', 'frechetDistance', 'kernelDistance'].map((name) => describeMetric(name, 'evaluation')),
  real: {},
  points,
  notes: [],
  ...more,
});
const draw = (points: PointData[], more: Partial<ComparisonReply> = {}) => layOutHeadline(reply(points, more), { end: 'last', all: false });

describe('the headline', () => {
  it('goes along the attribute count in the order of the numbers, a line for each value of the rest', () => {
    const points = ['ten', 'two'].flatMap((set, i) =>
      ['article', 'modern'].map((preset) => point({ attributes: set, 'model.preset': preset }, [10, 2][i]!, 50 + i)),
    );
    const { ticks, plots } = draw(points);
    expect(ticks.toSorted((a, b) => a.at - b.at).map(({ label }) => label)).toEqual(['2', '10']);
    expect(plots.map(({ metric }) => metric.name)).toEqual(['frechetDistance']); // it judges, and it was measured
    expect(plots[0]!.lines.map(({ label, points }) => [label, points.map(({ index }) => index)])).toEqual([
      ['article', [2, 0]],
      ['modern', [3, 1]],
    ]);
    expect(plots[0]!.lines[0]!.points[0]).toMatchObject({ mean: 51, deviation: 1, values: [50, 52], text: '51.0 ± 1.0' });
  });

  it('tells named sets of equal size apart', () => {
    const { ticks } = draw([point({ attributes: 'face' }, 5, 50), point({ attributes: 'hair' }, 5, 40)]);
    expect(ticks.map(({ label }) => label)).toEqual(['face (5)', 'hair (5)']);
  });

  const along = (values: string[], field = 'training.learningRate') =>
    draw(
      values.map((value, i) => point({ [field]: value }, 5, 40 + i)),
      { x: field },
    );
  const places = (headline: ReturnType<typeof along>) => headline.plots[0]!.lines[0]!.points.map(({ at }) => at);

  it('has numbers to scale: by differences or by ratios, as they were spaced', () => {
    const linear = along(['0.5', '0.1', '0.2', '0.4'], 'training.beta1');
    const [a, b, c, d] = places(linear);
    expect((c! - b!) / (b! - a!)).toBeCloseTo(2);
    expect((d! - a!) / (b! - a!)).toBeCloseTo(4);
    expect(linear.xTitle).toBe('beta1');
    const log = along(['0.0001', '0.01', '0.001']);
    const [low, middle, high] = places(log);
    expect(middle! - low!).toBeCloseTo(high! - middle!);
    expect(log.xTitle).toBe('learningRate (log scale)');
    expect(along(['0', '0.001', '0.01']).xTitle).toBe('learningRate');
  });

  it('has an axis of round numbers where there are many values, and the points where they belong', () => {
    const values = Array.from({ length: 31 }, (_, i) => String(Number((0.0001 * 1.17 ** i).toPrecision(5))));
    const { ticks, ...rest } = along(values);
    expect(ticks.map(({ label }) => label)).toEqual(expect.arrayContaining(['0.0003', '0.001', '0.003', '0.01']));
    const thousandth = ticks.find(({ label }) => label === '0.001')!.at;
    const ats = places({ ticks, ...rest });
    for (const [i, at] of ats.entries()) expect(at > thousandth).toBe(Number(values[i]) > 0.001);
  });

  it('has names, and seeds, evenly', () => {
    expect(places(along(['bce', 'hinge', 'wgan'], 'training.loss'))).toEqual([1 / 6, 0.5, 5 / 6]);
    expect(places(along(['1', '2', '50'], 'training.seed'))).toEqual([1 / 6, 0.5, 5 / 6]);
  });

  it('has room for every error bar, and for what real pictures have where that is near', () => {
    const { y, real } = draw([point({ attributes: 'two' }, 2, 10)], { real: { frechetDistance: 8.5 } }).plots[0]!;
    expect([y.min < 8.5, y.max > 11, real]).toEqual([true, true, 8.5]);
    expect(draw([point({ attributes: 'two' }, 2, 500)], { real: { frechetDistance: 1 } }).plots[0]!.real).toBeNull();
  });

  it('is empty without points, and draws no line from seed to seed', () => {
    expect(draw([]).plots).toEqual([]);
    expect(draw([point({ 'training.seed': '1' }, 2, 10)], { x: 'training.seed' }).isConnected).toBe(false);
  });
});
