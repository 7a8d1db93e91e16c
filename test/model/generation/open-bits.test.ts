import { describe, expect, it } from 'vitest';
import type { LabelRows } from '../../../src/model/data/label-rows.ts';
import { chooseOpenBits } from '../../../src/model/generation/open-bits.ts';

const attributes = ['Male', 'Beard', 'Lipstick'];
/** Men with and without beards, women with and without lipstick, nobody with both. */
const shares: [bits: [0 | 1, 0 | 1, 0 | 1], pictures: number][] = [
  [[0, 0, 0], 10],
  [[0, 0, 1], 30],
  [[1, 0, 0], 45],
  [[1, 1, 0], 15],
];
const rows: LabelRows = {
  attributes,
  labels: Uint8Array.from(shares.flatMap(([bits]) => bits)),
  count: shares.length,
  weights: Uint32Array.from(shares, ([, pictures]) => pictures),
  pictures: 100,
};
const FACES = 4000;

type Request = Partial<Parameters<typeof chooseOpenBits>[1]>;
function draw(request: Request, count = FACES): string[] {
  const { bitsOf } = chooseOpenBits(rows, { fixed: {}, seed: 1, open: 'drawn', ...request });
  return Array.from({ length: count }, (_, index) => attributes.map((name) => bitsOf(index).get(name)).join(''));
}

/** Share of each combination. */
function sharesOf(drawn: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const each of drawn) counts.set(each, (counts.get(each) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([each, count]) => [each, count / drawn.length]));
}

/** Five standard deviations of a share of 4,000. */
const near = (share: number) => ({
  asymmetricMatch: (found: number) => Math.abs(found - share) < 5 * Math.sqrt((share * (1 - share)) / FACES),
});

describe('open bits', () => {
  it('that are drawn occur as often together as in the data', () => {
    expect(sharesOf(draw({}))).toEqual({ '000': near(0.1), '001': near(0.3), '100': near(0.45), '110': near(0.15) });
  });

  it('that are drawn keep to what is fixed: no bearded lipstick', () => {
    const men = chooseOpenBits(rows, { fixed: { Male: 1 }, seed: 1, open: 'drawn' });
    expect(men.matching).toBe(60);
    expect(sharesOf(draw({ fixed: { Male: 1 } }))).toEqual({ '100': near(0.75), '110': near(0.25) });
    expect(sharesOf(draw({ fixed: { Lipstick: 1 } }))).toEqual({ '001': 1 });
  });

  it('are those of the nearest rows where no picture has all that is fixed', () => {
    const fixed = { Male: 0, Beard: 1 } as const;
    expect(chooseOpenBits(rows, { fixed, seed: 1, open: 'drawn' }).matching).toBe(0);
    // A woman without a beard, or a man with one: 10, 30 and 15 pictures.
    expect(sharesOf(draw({ fixed }))).toEqual({ '010': near(25 / 55), '011': near(30 / 55) });
  });

  it('of a face depend on its seed and number alone', () => {
    expect(draw({}, 8)).toEqual(draw({}, 16).slice(0, 8));
    expect(draw({}, 40)).toEqual(draw({}, 40));
    expect(draw({}, 40)).not.toEqual(draw({ seed: 2 }, 40));
  });

  it('can be what is usual, or nothing', () => {
    expect(new Set(draw({ open: 'usual' }, 5))).toEqual(new Set(['100']));
    expect(new Set(draw({ open: 'usual', fixed: { Male: 0 } }, 5))).toEqual(new Set(['001']));
    expect(new Set(chooseOpenBits(null, { fixed: { Beard: 1 }, seed: 1, open: 'zero' }).bitsOf(3))).toEqual(new Set([['Beard', 1]]));
  });

  it('of the other end of a way stay as near to the first as the data allow', () => {
    const bearded = () =>
      new Map([
        ['Male', 1],
        ['Beard', 1],
        ['Lipstick', 0],
      ] as [string, 0 | 1][]);
    expect(sharesOf(draw({ fixed: { Male: 0 }, near: bearded }))).toEqual({ '000': 1 });
    const painted = () =>
      new Map([
        ['Male', 0],
        ['Beard', 0],
        ['Lipstick', 1],
      ] as [string, 0 | 1][]);
    expect(sharesOf(draw({ fixed: { Lipstick: 0 }, near: painted }))).toEqual({ '000': 1 });
  });
});
