import { expect, it } from 'vitest';
import { formatBytes, formatDuration, formatNumber, formatSpeed, parseDuration, plural } from '../../src/experiment/units.ts';

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

it.each([
  [0.4, '0s'],
  [59.6, '1m 0s'],
  [3725, '1h 2m'],
  [100_000, '1d 3h'],
  [Number.NaN, '?'],
])('writes %d seconds as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

it('shows a loss that is no number as such', () => {
  expect([formatNumber(Number.NaN), formatNumber(Number.POSITIVE_INFINITY), formatNumber(undefined), formatNumber(0.6129)]).toEqual([
    'NaN',
    'Infinity',
    '-',
    '0.613',
  ]);
  expect([formatSpeed(null), formatSpeed(3.25), formatSpeed(214.4)]).toEqual(['-', '3.3', '214']);
});

it('shows what is small with two digits', () => {
  expect([0, 0.00042, -0.0031, 0.0099499, 0.00996, 0.0123, 99.4, 139.6].map(formatNumber)).toEqual([
    '0.000',
    '0.00042',
    '-0.0031',
    '0.0099',
    '0.010',
    '0.012',
    '99.400',
    '140',
  ]);
});

it('writes counts and bytes with their units', () => {
  expect([plural(1, 'run'), plural(0, 'run'), plural(12_345, 'oddity', 'oddities')]).toEqual(['1 run', '0 runs', '12,345 oddities']);
  expect([0, 999, 1_400_000, 3.21e9, 512_000, null].map(formatBytes)).toEqual(['0 B', '999 B', '1.4 MB', '3.2 GB', '512 KB', 'unknown']);
});
