import { describe, expect, it } from 'vitest';
import { labelBits, sampleColumns } from '../../../src/model/generation/conditions.ts';

/** Like CelebA: most faces are young; the bald are men. */
const usual = (given: ReadonlyMap<string, 0 | 1>) => {
  for (const name of given.keys()) if (name.startsWith('rotate')) throw new Error('labels know no orientation');
  const bald = given.get('Bald') === 1;
  return new Map<string, 0 | 1>([['Young', bald ? 0 : 1], ['Male', bald ? 1 : 0], ['Bald', 0], ['Hat', 0], ['Smile', 0], ...given]);
};
const columns = (attributes: string[], conditions: Parameters<typeof sampleColumns>[0]['conditions'] = 'auto', rotations: string[] = []) =>
  sampleColumns({ attributes, rotations, conditions, vocabulary: { attributes: ['Scar'] }, usual });

describe('the columns of a sample grid', () => {
  it('are all combinations while they fit', () => {
    expect(columns(['Male', 'Young'])).toEqual([
      { label: 'none', bits: { Male: 0, Young: 0 } },
      { label: 'Male', bits: { Male: 1, Young: 0 } },
      { label: 'Young', bits: { Male: 0, Young: 1 } },
      { label: 'Male + Young', bits: { Male: 1, Young: 1 } },
    ]);
    expect(columns(['a', 'b', 'c', 'd'])).toHaveLength(16);
  });

  it('become the usual face and one column an attribute where they do not fit', () => {
    const five = columns(['Male', 'Young', 'Bald', 'Hat', 'Smile']);
    expect(five.map(({ label }) => label)).toEqual(['usual', 'Male', 'not Young', 'Bald', 'Hat', 'Smile']);
    expect(five[0]!.bits).toEqual({ Male: 0, Young: 1, Bald: 0, Hat: 0, Smile: 0 });
  });

  it('take the usual values that go with the attribute: a bald face is a man who is not young', () => {
    const bald = columns(['Male', 'Young', 'Bald', 'Hat', 'Smile']).find(({ label }) => label === 'Bald');
    expect(bald!.bits).toEqual({ Male: 1, Young: 0, Bald: 1, Hat: 0, Smile: 0 });
  });

  it('show every orientation of every combination where rotations are conditions', () => {
    const all = columns(['Male'], 'auto', ['rotate_90', 'rotate_180']);
    expect(all.map(({ label }) => label)).toEqual(['none', 'rotate 90', 'rotate 180', 'Male', 'Male + rotate 90', 'Male + rotate 180']);
    expect(all[4]!.bits).toEqual({ Male: 1, rotate_90: 1, rotate_180: 0 });
  });

  it('keep the order of the label bits, also for attributes that are named by numbers', () => {
    const conditions = ['Male', '10', '2'];
    const ten = columns(conditions).find(({ label }) => label === '10')!;
    expect(labelBits(ten, conditions)).toEqual([0, 1, 0]);
  });

  it('can ask for an orientation of the usual face, where a run has it', () => {
    const listed: Record<string, boolean>[] = [{ rotate_90: true }, { Male: true, rotate_90: true }];
    expect(columns(['Male', 'Young'], listed)).toEqual([]);
    expect(columns(['Male', 'Young'], listed, ['rotate_90'])).toEqual([
      { label: 'rotate 90', bits: { Male: 0, Young: 1, rotate_90: 1 } },
      { label: 'Male + rotate 90', bits: { Male: 1, Young: 1, rotate_90: 1 } },
    ]);
  });

  it('can be listed, all others off or usual, and leave out what a run cannot show', () => {
    const listed = columns(['Male', 'Young'], [['Male'], ['Bald'], { Young: false }]);
    expect(listed).toEqual([
      { label: 'Male', bits: { Male: 1, Young: 0 } },
      { label: 'not Young', bits: { Male: 0, Young: 0 } },
    ]);
  });

  it('can be sentences, with the usual values of what they leave open; a run that lacks a named attribute leaves the sentence out', () => {
    const sentences = ['a bald man', 'an old woman with a hat', 'a bald man with a scar', 'a man upside down', 'nothing of a face'];
    expect(columns(['Male', 'Young', 'Bald'], sentences)).toEqual([{ label: 'a bald man', bits: { Male: 1, Young: 0, Bald: 1 } }]);
    expect(columns(['Male', 'Young'], sentences, ['rotate_180'])).toEqual([
      { label: 'a man upside down', bits: { Male: 1, Young: 1, rotate_180: 1 } },
    ]);
    expect(columns(['Male', 'Young', 'Bald', 'Scar'], sentences).map(({ label }) => label)).toEqual([
      'a bald man',
      'a bald man with a scar',
    ]);
  });

  it('take 1 and 0 as they take true and false', () => {
    expect(columns(['Male', 'Young'], [{ Male: 1, Young: 0 }])).toEqual([{ label: 'Male + not Young', bits: { Male: 1, Young: 0 } }]);
  });
});
