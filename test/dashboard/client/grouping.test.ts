import { describe, expect, it } from 'vitest';
import { groupChoices, groupRuns } from '../../../src/dashboard/client/table/grouping.ts';
import { sequentialPalette } from '../../../src/dashboard/client/theme.ts';
import type { RunView } from '../../../src/dashboard/wire.ts';

const run = (id: string, attributes: number | null, axes: Record<string, string>): RunView => ({
  id,
  label: id,
  axes,
  attributes: attributes === null ? null : Array.from({ length: attributes }, (_, i) => `a${i}`),
  state: 'running',
  stateWords: 'running',
  current: true,
  epochs: 8,
  stepsPerEpoch: null,
  samples: [],
  evaluations: {},
  grid: null,
  url: '',
});

const sweep = [
  run('ten-1', 10, { attributes: 'ten', 'training.seed': '1' }),
  run('two-1', 2, { attributes: 'two', 'training.seed': '1' }),
  run('two-2', 2, { attributes: 'two', 'training.seed': '2' }),
];

describe('the colours of runs', () => {
  it('are one a number of attributes, from few to many, shared by seeds', () => {
    const groups = groupRuns(sweep, '', false);
    expect(groups.map(({ label, runs }) => [label, runs.map(({ id }) => id)])).toEqual([
      ['2 attributes', ['two-1', 'two-2']],
      ['10 attributes', ['ten-1']],
    ]);
    expect(new Set(groups.map(({ color }) => color)).size).toBe(2);
  });

  it('are by attributes at first where their numbers differ', () => {
    expect(groupChoices(sweep)[0]!.key).toBe('');
  });

  it('are by what varies at first where all runs have as many attributes', () => {
    const rotations = [run('a', 2, { 'augmentation.rotations': 'none' }), run('b', 2, { 'augmentation.rotations': 'all' })];
    expect(groupChoices(rotations)[0]!.key).toBe('augmentation.rotations');
    expect(groupRuns(rotations, 'augmentation.rotations', false).map(({ label }) => label)).toEqual(['rotations none', 'rotations all']);
  });

  it('put runs that are not set up yet last, in grey', () => {
    expect(groupRuns([run('later', null, {}), ...sweep], '', false).at(-1)!.label).toBe('not set up yet');
  });

  it.each([
    ['light', false, '#ffffff'],
    ['dark', true, '#1a1d23'],
  ])('stand out on a %s page at 3:1 or more, in one direction of lightness', (_name, isDark, surface) => {
    for (const count of [1, 2, 3, 4, 6]) {
      const lightness = sequentialPalette(count, isDark).map(luminance);
      for (const value of lightness) expect(contrast(value, luminance(surface))).toBeGreaterThanOrEqual(3);
      expect(lightness).toEqual([...lightness].sort((a, b) => (isDark ? a - b : b - a)));
    }
  });
});

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
