import { expect, it } from 'vitest';
import { parseDuration } from '../../src/experiment/units.ts';

it.each([
  ['90s', 90],
  ['15m', 900],
  ['6h', 21_600],
  ['2d', 172_800],
  ['1.5h', 5400],
  ['2 m', 120],
  ['24d', 2_073_600],
  [30, 30],
  [0.5, 0.5],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it.each(['', '6', 'h', '6 hours', '-6h', '0s', '25d', '1e3s', '6h30m', 'NaNs', 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'takes %s for no duration that a timer could hold',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
