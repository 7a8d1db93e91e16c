import { describe, expect, it } from 'vitest';
import { formatTick, linearScale, listTicks, logScale } from '../../../src/dashboard/client/curves/axis.ts';
import { ciede2000 } from '../../helpers/colours.ts';

describe('ticks', () => {
  it.each([
    [{ min: 0, max: 3000 }, [0, 500, 1000, 1500, 2000, 2500, 3000]],
    [{ min: 182.8, max: 232.8 }, [190, 200, 210, 220, 230]],
    [{ min: 2641, max: 2643 }, [2641, 2642, 2643]],
    [{ min: 5, max: 6 }, [5, 6]],
  ])('of steps in %j are whole and inside', (range, ticks) => {
    expect(listTicks(range, 7, true)).toEqual(ticks);
  });

  it('have labels that say the whole number', () => {
    expect([10_000, 30_000, 0.25, 0, -1.5, 3e9].map(formatTick)).toEqual(['10,000', '30,000', '0.25', '0', '-1.5', '3e9']);
    expect(linearScale({ min: 9000, max: 31_000 }).ticks.map(({ label }) => label)).toEqual([
      '10,000',
      '15,000',
      '20,000',
      '25,000',
      '30,000',
    ]);
  });
});

describe('the logarithmic scale', () => {
  it('shows decades from the least positive value on, and zeros on a line of their own that says 0', () => {
    const scale = logScale([0, 0.01, 1, 100], null)!;
    expect(scale.ticks.map(({ label }) => label)).toEqual(['0', '0.01', '0.1', '1', '10', '100']);
    expect(scale.place(0)).toBe(scale.min);
    expect(scale.place(0.01) - scale.place(0)).toBeGreaterThan(0.25);
    expect(scale.place(100)).toBe(2);
  });

  it('says where values below 0 are among them, and is none where no value is above 0', () => {
    expect(logScale([-1, 0.5, 2], null)!.ticks[0]!.label).toBe('≤ 0');
    expect(logScale([0, -3], null)).toBeNull();
    expect(logScale([1, 1], null)!.max).toBeGreaterThan(0);
  });

  it('has ticks also within one decade', () => {
    expect(logScale([1.1, 1.9], null)!.ticks.length).toBeGreaterThan(0);
  });
});

describe('the measure of colours', () => {
  it('gives the published distances', () => {
    expect(ciede2000([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
    expect(ciede2000([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
    expect(ciede2000([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514])).toBeCloseTo(0.9082, 4);
  });
});
