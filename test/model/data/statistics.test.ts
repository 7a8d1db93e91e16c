import { describe, expect, it } from 'vitest';
import { positiveRates, usualLabels } from '../../../src/model/data/statistics.ts';

const attributes = ['Male', 'Beard', 'Hat'];
/** Women without beards, one with a hat; men with beards, one of three with a hat. */
const rows = [
  [0, 0, 0],
  [0, 0, 0],
  [0, 0, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 1, 0],
  [1, 1, 1],
];
const packed = { attributes, count: rows.length, labels: Uint8Array.from(rows.flat()) };
const usual = (given: Record<string, 0 | 1> = {}, asked = attributes) =>
  Object.fromEntries(usualLabels(packed, asked, new Map(Object.entries(given))));

describe('what is usual', () => {
  it('is what more than half of the pictures have', () => {
    expect(usual()).toEqual({ Male: 0, Beard: 0, Hat: 0 });
  });

  it('is asked of the pictures that have the given values', () => {
    expect(usual({ Male: 1 })).toEqual({ Male: 1, Beard: 1, Hat: 0 });
    expect(usual({ Beard: 0 })).toEqual({ Male: 0, Beard: 0, Hat: 0 });
  });

  it('is no by a tie', () => {
    expect(usual({ Hat: 1 })).toEqual({ Male: 0, Beard: 0, Hat: 1 });
  });

  it('falls back to the pictures that match the most, where none matches all, and keeps what was given', () => {
    expect(usual({ Male: 1, Beard: 0 })).toEqual({ Male: 1, Beard: 0, Hat: 0 });
    expect(usual({ Beard: 1, Male: 0, Hat: 1 })).toEqual({ Beard: 1, Male: 0, Hat: 1 });
    expect(usual({ Male: 0, Hat: 1 }, ['Beard'])).toEqual({ Beard: 0 });
  });

  it('comes in the order in which it is asked, for the attributes asked', () => {
    expect([...usualLabels(packed, ['Hat', 'Male'], new Map([['Beard', 1]]))]).toEqual([
      ['Hat', 0],
      ['Male', 1],
    ]);
  });

  it('cannot be said of an attribute that the data set lacks', () => {
    expect(() => usual({ Bald: 1 })).toThrow(/found "Bald"; it has Male, Beard, Hat/);
  });
});

it('the share of pictures with each attribute follows from the manifest', () => {
  const manifest = { attributes, positives: [3, 3, 2], count: 7 };
  expect([...positiveRates(manifest as Parameters<typeof positiveRates>[0])]).toEqual([
    ['Male', 3 / 7],
    ['Beard', 3 / 7],
    ['Hat', 2 / 7],
  ]);
});
