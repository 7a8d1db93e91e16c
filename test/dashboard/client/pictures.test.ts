// Conditions in words, places of pictures in the address, differences pixel by pixel, and grids by swept parameters.

import { describe, expect, it } from 'vitest';
import { matrixChoices, planMatrix } from '../../../src/dashboard/client/grids/matrix.ts';
import { describeCondition } from '../../../src/dashboard/client/pictures/condition.ts';
import { differ } from '../../../src/dashboard/client/pictures/difference.ts';
import { type Place, readPlace, writePlace } from '../../../src/dashboard/client/pictures/place.ts';
import type { RunView } from '../../../src/dashboard/wire.ts';

describe("a picture's condition in words", () => {
  it.each([
    [{}, 'asks for nothing in particular'],
    [{ Male: 1, Young: 0 }, 'asks for Male; not Young'],
    [{ Male: 0, Blond_Hair: 0 }, 'asks for none of Male and Blond Hair'],
    [{ Male: 1, Young: 1, Smiling: 1 }, 'asks for Male, Young and Smiling'],
  ] as const)('%j: %s', (asks, words) => {
    expect(describeCondition({ ...asks })).toBe(words);
  });

  it('counts the many that are off', () => {
    const asks = Object.fromEntries(Array.from({ length: 40 }, (_, i): [string, 0 | 1] => [`A${i}`, i === 3 ? 1 : 0]));
    expect(describeCondition(asks)).toBe('asks for A3; for none of the other 39 attributes');
  });
});

describe('the place of a picture in the address', () => {
  const keyOf = (run: string): string => run.slice(-1);
  const runOf = (key: string): string | undefined => ['run-a', 'run-b'].find((run) => key !== '' && run.endsWith(key));
  const place: Place = { run: 'run-a', epoch: 12, column: 0, row: 3, isWhole: false, against: null };

  it.each<Place>([
    place,
    { ...place, against: { run: 'run-b', epoch: 3, mode: 'difference' } },
    { ...place, column: 0, row: 0, isWhole: true, against: { run: 'run-a', epoch: 1, mode: 'flicker' } },
  ])('is short and comes back as it was', (each) => {
    const written = writePlace(each, keyOf);
    expect(`${written.pic} ${written.vs}`.length).toBeLessThan(24);
    expect(readPlace(written, runOf)).toEqual(each);
  });

  it.each([null, '', 'x:1:1:1', 'a', 'a:-1', 'a:1e9:1:1'])('is none in %j', (pic) => {
    expect(readPlace({ pic, vs: null }, runOf)).toBeNull();
  });
});

describe('the difference of two pictures', () => {
  it('is black where they are the same, and tells mean and most', () => {
    const a = new Uint8ClampedArray([10, 20, 30, 255, 0, 0, 0, 255]);
    const b = new Uint8ClampedArray([10, 20, 30, 255, 6, 0, 30, 255]);
    expect(differ(a, b)).toEqual({ pixels: new Uint8ClampedArray([0, 0, 0, 255, 6, 0, 30, 255]), mean: 6, most: 30 });
  });
});

describe('sample grids by swept parameters', () => {
  const views = [
    { id: 'a', axes: { 'model.width': '64', seed: '1', only: 'x' } },
    { id: 'b', axes: { 'model.width': '128', seed: '1', only: 'x' } },
    { id: 'c', axes: { 'model.width': '64', seed: '2', only: 'x' } },
    { id: 'd', axes: { 'model.width': '8', seed: '2', only: 'x' } },
  ] as unknown as RunView[];
  const ids = (down: string, across: string) => {
    const { rows, columns, cells } = planMatrix(views, { down, across });
    return { rows, columns, cells: cells.map((row) => row.map((cell) => cell.map(({ id }) => id).join(''))) };
  };

  it('have a row and a column for each value, numbers by size, and cells that may be empty', () => {
    expect(matrixChoices(views)).toEqual(['model.width', 'seed']);
    const cells = [
      ['', 'd'],
      ['a', 'c'],
      ['b', ''],
    ];
    expect(ids('model.width', 'seed')).toEqual({ rows: ['8', '64', '128'], columns: ['1', '2'], cells });
  });

  it('keep the runs of one value together where one axis is chosen', () => {
    expect(ids('', 'seed')).toEqual({ rows: [''], columns: ['1', '2'], cells: [['ab', 'cd']] });
  });
});
