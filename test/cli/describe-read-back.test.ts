import { expect, it } from 'vitest';
import { describeReadBack, describeUnread } from '../../src/cli/generate/describe-read-back.ts';
import type { GeneratedFace } from '../../src/results/generation.ts';

const paint = (_: unknown, text: string) => text;
const face = (index: number, Smiling: 0 | 1): GeneratedFace => ({
  index,
  bits: { Smiling: 1, Bangs: 0 },
  read: { Smiling, Bangs: 1 },
  misread: Smiling === 1 ? [] : ['Smiling'],
});
const readBack = (wrong: number) => ({
  oracle: 'one',
  attributes: [
    { name: 'Smiling', asked: 1 as const, pictures: 20, right: 20 - wrong },
    { name: 'Bangs', asked: 0 as const, pictures: 20, right: 0, unreliable: 'only 3 held-out pictures with it' },
  ],
  bits: 20,
  right: 20 - wrong,
  pictures: 20,
  allRight: 20 - wrong,
});

it('what the oracle reads is told attribute by attribute, with the pictures that it reads otherwise', () => {
  const faces = Array.from({ length: 20 }, (_, i) => face(i, i === 4 || i === 6 ? 0 : 1));
  expect(describeReadBack(readBack(2), { faces, isUnseen: false, paint }).split('\n')).toEqual([
    'Read back by the oracle one: 18 of 20 bits as asked for, all of them in 18 of 20 pictures.',
    '  attribute  asked   read so  read otherwise in',
    '  Smiling    yes    18 of 20  5, 7',
    '  Bangs      no      0 of 20  not counted: only 3 held-out pictures with it',
  ]);
});

it('of many pictures that are read otherwise only the first are listed; faces that the data lack are said to be new to the oracle', () => {
  const faces = Array.from({ length: 20 }, (_, i) => face(i, 0));
  const text = describeReadBack(readBack(20), { faces, isUnseen: true, paint });
  expect(text).toMatch(/^ {2}Smiling +yes +0 of 20 {2}1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more$/m);
  expect(text).toMatch(/0 of 20 pictures\. It has never seen such a face either: look for yourself\.$/m);
});

it('where nothing that counts was asked for, and where nothing can be read, a line says so', () => {
  const nothing = { ...readBack(0), attributes: [], bits: 0, right: 0 };
  expect(describeReadBack(nothing, { faces: [], isUnseen: false, paint })).toMatch(
    /^Read back by the oracle one: it reads nothing of what/,
  );
  expect(describeUnread({ problem: 'no pictures' }, {})).toBe('The pictures cannot be read back: no pictures');
  expect(describeUnread({ problem: 'no pictures' }, { bestOf: 4 })).toMatch(/read back, and none was chosen among 4: no pictures$/);
});
