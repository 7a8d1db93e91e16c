import { describe, expect, it } from 'vitest';
import { fieldsOfGroups, groupChoices, groupRuns } from '../../../src/dashboard/client/groups/grouping.ts';
import { chooseStyles, colorOf } from '../../../src/dashboard/client/groups/palette.ts';
import { readHidden, writeHidden } from '../../../src/dashboard/client/groups/run-keys.ts';
import type { RunView } from '../../../src/dashboard/wire.ts';
import { apartness, contrast } from '../../helpers/colours.ts';

const run = (id: string, attributes: number | null, axes: Record<string, string>): RunView => ({
  id,
  label: id,
  axes,
  attributes: attributes === null ? null : Array.from({ length: attributes }, (_, i) => `a${i}`),
  state: 'running',
  stateWords: 'running',
  current: true,
  step: 0,
  epochs: 8,
  stepsPerEpoch: null,
  samples: [],
  evaluations: {},
  grid: null,
  url: '',
});

const sweep = [
  run('two-1', 2, { attributes: 'two', 'training.seed': '1' }),
  run('two-2', 2, { attributes: 'two', 'training.seed': '2' }),
  run('ten-1', 10, { attributes: 'ten', 'training.seed': '1' }),
];
const labelsOf = (runs: RunView[], key = groupChoices(runs)[0]!.key) =>
  groupRuns(runs, key, { isDark: false, book: new Map() }).map(({ label }) => label);

describe('the groups of runs', () => {
  it('are one a setting at first, shared by seeds', () => {
    const groups = groupRuns(sweep, groupChoices(sweep)[0]!.key, { isDark: false, book: new Map() });
    expect(groups.map(({ label, runs }) => [label, runs.map(({ id }) => id)])).toEqual([
      ['2 attributes', ['two-1', 'two-2']],
      ['10 attributes', ['ten-1']],
    ]);
    expect(new Set(groups.map(({ color }) => color)).size).toBe(2);
  });

  it('tell named sets of equal size apart', () => {
    const sets = [run('a', 5, { attributes: 'face' }), run('b', 5, { attributes: 'hair' }), run('c', 2, { attributes: 'two' })];
    expect(labelsOf(sets)).toEqual(['face, 5 attributes', 'hair, 5 attributes', '2 attributes']);
    const half = [sets[0]!, { ...sets[1]!, attributes: null }];
    expect(labelsOf(half)).toEqual(['face, 5 attributes', 'hair']);
  });

  it('do not hide one swept parameter behind another: two learning rates of one set have two colours', () => {
    const rates = ['1', '0.0002'].flatMap((rate) =>
      ['two', 'ten'].map((set) => run(`${set}${rate}`, 2, { attributes: set, 'training.lr': rate })),
    );
    const [first] = groupChoices(rates);
    const groups = groupRuns(rates, first!.key, { isDark: false, book: new Map() });
    expect(new Set(groups.map(({ color }) => color)).size).toBe(4);
    expect(fieldsOfGroups(rates, first!.key)).toEqual(['attributes', 'training.lr']);
  });

  it('of two axes with more settings than colours have colours for one and dashes for the other', () => {
    const sets = ['1', '2', '3', '4', '5'];
    const runs = sets.flatMap((set) => ['article', 'modern'].map((preset) => run(`${set}${preset}`, null, { attributes: set, preset })));
    const groups = groupRuns(runs, 'setting', { isDark: true, book: new Map() });
    expect(new Set(groups.map(({ color }) => color)).size).toBe(5);
    expect(new Set(groups.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(10);
  });

  it('keep their colours while runs are set up and others come', () => {
    const book = new Map();
    const early = sweep.map((each) => ({ ...each, attributes: null }));
    const before = groupRuns(early, 'setting', { isDark: false, book });
    const later = [...sweep, run('new', 40, { attributes: 'forty', 'training.seed': '1' })];
    expect(groupChoices(early)[0]!.key).toBe(groupChoices(sweep)[0]!.key);
    const after = groupRuns(later, groupChoices(early)[0]!.key, { isDark: false, book: new Map(book) });
    const again = groupRuns(later, 'setting', { isDark: false, book });
    expect(again.slice(0, 2).map(({ color }) => color)).toEqual(before.map(({ color }) => color));
    expect(new Set(again.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(3);
    expect(after).toHaveLength(3);
  });

  it('are all runs where nothing but the seed differs, and one a run where asked', () => {
    const seeds = [run('a', 2, { 'training.seed': '1' }), run('b', 2, { 'training.seed': '2' })];
    expect(labelsOf(seeds)).toEqual(['all runs']);
    expect(labelsOf(seeds, 'run')).toEqual(['a', 'b']);
    expect(fieldsOfGroups(seeds, 'setting')).toEqual([]);
    expect(fieldsOfGroups(seeds, 'run')).toBeNull();
  });

  it('put runs without a value last, in grey', () => {
    expect(labelsOf([run('later', null, {}), ...sweep], 'training.seed').at(-1)).toBe('unknown');
  });
});

describe('the palette', () => {
  it.each([
    ['light', false, '#ffffff'],
    ['dark', true, '#1a1d23'],
  ])('stays apart up to eight groups on a %s page, for every kind of eye, and stands out from it', (_name, isDark, surface) => {
    for (let count = 1; count <= 8; count++) {
      const colors = chooseStyles(count).map((style) => colorOf(style, isDark));
      for (const color of colors) expect(contrast(color, surface)).toBeGreaterThanOrEqual(3);
      for (const eye of ['normal', 'protan', 'deutan', 'tritan'] as const)
        for (const [i, a] of colors.entries())
          for (const b of colors.slice(0, i)) expect(apartness(a, b, eye), `${a} ${b} ${eye}`).toBeGreaterThanOrEqual(8);
    }
  });

  it('has dashes from five groups on, and no style twice up to 32', () => {
    expect(chooseStyles(4).every(({ dash }) => dash === 0)).toBe(true);
    expect(new Set(chooseStyles(5).map(({ dash }) => dash)).size).toBeGreaterThan(3);
    for (const count of [5, 8, 9, 32]) expect(new Set(chooseStyles(count).map((style) => JSON.stringify(style))).size).toBe(count);
  });
});

describe('hidden runs in the address', () => {
  const ids = ['two-seed1-b7822f75df90', 'two-seed2-f92c2f44adaf', 'with space', 'old-5ed47afa8806'];
  const usual = new Set(['old-5ed47afa8806']);
  const write = (...hidden: string[]) => writeHidden(ids, { hidden: new Set(hidden), usual });
  const read = (address: { off: string; only: string }) =>
    ids.filter((id) => readHidden(id, { off: address.off || null, only: address.only || null }) ?? usual.has(id));

  it('are said in the shorter way, and read again', () => {
    expect(write('old-5ed47afa8806')).toEqual({ off: '', only: '' });
    expect(write(ids[0]!, ids[3]!)).toEqual({ off: '75df90,fa8806', only: '' });
    expect(write(ids[0]!, ids[1]!, ids[3]!)).toEqual({ off: '', only: 'with space' });
    for (const hidden of [[], [ids[0]!, ids[3]!], [ids[0]!, ids[2]!, ids[3]!], ids]) expect(read(write(...hidden))).toEqual(hidden);
  });
});
