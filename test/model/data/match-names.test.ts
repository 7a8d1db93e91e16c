// Names in lists and names of files: what differs in ways that mean nothing is found, and told once.

import { describe, expect, it } from 'vitest';
import { createNameMatcher, indexFiles } from '../../../src/model/data/sources/match-names.ts';

const matcherOf = (files: string[], names: string[], notPictures: string[] = []) => {
  const place = {
    path: 'faces',
    files,
    look: () => undefined,
    open: () => Buffer.alloc(0),
    isPicture: (file: string) => !notPictures.includes(file),
  };
  return createNameMatcher(indexFiles(place), names);
};
const match = (files: string[], names: string[], notPictures: string[] = []) => {
  const matcher = matcherOf(files, names, notPictures);
  const found = names.map((name) => matcher.find(name)).map((one) => ('file' in one ? one.file : `- ${one.reason}`));
  expect(names.map((name) => matcher.peek(name) !== undefined)).toEqual(found.map((text) => !text.startsWith('- ')));
  return { found, told: matcher.describe('l.csv').map(({ reason }) => reason) };
};

describe('a name finds', () => {
  it.each([
    ['the same name', ['x/a.jpg'], ['x/a.jpg'], ['x/a.jpg'], []],
    ['a file below', ['images/x/a.jpg'], ['a.jpg', 'x/a.jpg', './x/a.jpg', 'x\\a.jpg'], Array(4).fill('images/x/a.jpg'), []],
    ['another ending', ['a.png', 'b.png'], ['a.jpg', 'b.jpg'], ['a.png', 'b.png'], ['2 rows name .jpg, the files are .png']],
    ['an ending that is left out', ['a.jpeg'], ['a'], ['a.jpeg'], ['1 row names no ending, the files are .jpeg']],
    ['a file without an ending', ['IMG_3'], ['IMG_3.jpg'], ['IMG_3'], ['1 row names .jpg, the files are without']],
    [
      'another case',
      ['A1.JPG', 'b.jpg'],
      ['a1.jpg', 'B.jpg'],
      ['A1.JPG', 'b.jpg'],
      ['1 row names .jpg, the files are .JPG', '2 rows differ from the files in capital letters, as a1.jpg and A1.JPG'],
    ],
    [
      'accents stored otherwise',
      ['Zoe\u0308.jpg'],
      ['Zo\u00eb.jpg'],
      ['Zoe\u0308.jpg'],
      ['1 row stores accents otherwise than the names of the files, as Zo\u00eb.jpg and Zoe\u0308.jpg'],
    ],
    [
      'the folder of another machine',
      ['img/x/a.jpg', 'img/y/a.jpg'],
      ['/home/me/faces/x/a.jpg', '/home/me/faces/y/a.jpg'],
      ['img/x/a.jpg', 'img/y/a.jpg'],
      ['2 rows begin with /home/me/faces/, which is no folder of the files'],
    ],
    [
      'the folder of a Windows machine',
      ['img/a.jpg', 'img/b.jpg'],
      ['C:\\faces\\a.jpg', 'C:\\faces\\b.jpg'],
      ['img/a.jpg', 'img/b.jpg'],
      ['2 rows begin with C:/faces/, which is no folder of the files'],
    ],
    [
      'numbers whose zeros a program took away',
      ['000001.png', '000012.png', '100.png'],
      ['1', '12.0', '100'],
      ['000001.png', '000012.png', '100.png'],
      ['3 rows name no ending, the files are .png', '2 rows write the names of files otherwise, as 1 and 000001.png'],
    ],
    [
      'no file that another row names as it is called',
      ['0001.png'],
      ['0001.png', '1.png'],
      ['0001.png', '- listed, but there is no such picture'],
      [],
    ],
    [
      'a name as addresses write it',
      ['my face.png'],
      ['my%20face.png'],
      ['my face.png'],
      ['1 row writes the names of files otherwise, as my%20face.png and my face.png'],
    ],
    [
      'a name of an address with a query',
      ['a.png'],
      ['https://x.org/a.png?w=2'],
      ['a.png'],
      [
        '1 row writes the names of files otherwise, as https://x.org/a.png?w=2 and a.png',
        '1 row names folders that the files do not lie in, as https://x.org/a.png?w=2 and a.png',
      ],
    ],
    ['blanks around a name', ['a.png'], ['a.png '], ['a.png'], []],
    [
      'files that lie flat',
      ['a.jpg', 'b.jpg'],
      ['x/a.jpg', 'y/b.jpg'],
      ['a.jpg', 'b.jpg'],
      ['2 rows name folders that the files do not lie in, as x/a.jpg and a.jpg'],
    ],
    ['the picture, not what lies beside it', ['a.jpg', 'a.json', 'a'], ['a.jpeg'], ['a.jpg'], ['1 row names .jpeg, the files are .jpg']],
  ])('%s', (_, files, names, found, told) => {
    expect(match(files, names, ['a', 'a.json'])).toEqual({ found, told });
  });

  it('the exact file before one that differs, and the one in its folder before others', () => {
    expect(match(['a.JPG', 'a.jpg', 'x/a.jpg'], ['a.jpg', 'x/a.png']).found).toEqual(['a.jpg', 'x/a.jpg']);
    expect(match(['images/a.jpg', 'masks/a.png'], ['a.jpg']).found).toEqual(['images/a.jpg']);
  });
});

describe('a name finds nothing', () => {
  it('where it fits several files, which are named', () => {
    expect(match(['x/a.jpg', 'y/a.jpg'], ['a.jpg']).found).toEqual(['- fits 2 files: x/a.jpg, y/a.jpg; name the folder as well']);
    expect(match(['a.jpg', 'a.png'], ['a']).found).toEqual(['- fits 2 files: a.jpg, a.png; name the folder as well']);
  });

  it('in a folder that says something else', () => {
    const files = ['bill/1.jpg', 'anna/1.jpg', 'anna/2.jpg'];
    expect(match(files, ['bill/1.jpg', 'carl/1.jpg', 'carl/2.jpg', 'anna/2.jpg']).found).toEqual([
      'bill/1.jpg',
      '- listed, but there is no such picture; did you mean anna/1.jpg?',
      '- listed, but there is no such picture; did you mean anna/1.jpg?',
      'anna/2.jpg',
    ]);
    const split = [...Array(9)].map((_, i) => `train/${i}.jpg`);
    expect(match([...split.slice(1), 'test/0.jpg'], split).found[0]).toMatch(/^- listed, but there is no such picture/);
  });

  it('and is answered with the nearest name that no other row has', () => {
    const { found } = match(
      ['face_01.jpg', 'face_02.jpg', 'portrait.jpg'],
      ['face_01.jpg', 'face_02.jpg', 'portait.jpg', 'quite else.jpg', ''],
    );
    expect(found.slice(2)).toEqual([
      '- listed, but there is no such picture; did you mean portrait.jpg?',
      '- listed, but there is no such picture',
      '- the row names no picture',
    ]);
  });
});
