// Lists of labels as people and programs write them: every form is told by its content.

import { describe, expect, it } from 'vitest';
import { chooseLabels } from '../../../src/model/data/sources/lists/choose-labels.ts';
import { parseLabelList } from '../../../src/model/data/sources/lists/label-list.ts';
import { readLabel } from '../../../src/model/data/sources/lists/spellings.ts';

const files = ['a.jpg', 'b.jpg', 'c d.jpg'];
const findFiles = (cells: readonly string[]) => cells.map((cell) => files.find((file) => file === cell.slice(cell.lastIndexOf('/') + 1)));
const parse = (text: string) => parseLabelList(Buffer.from(text), 'list', findFiles);
const choose = (text: string, tolerated = 0) => chooseLabels(parse(text), { tolerated });
const read = (text: string) => {
  const { rows, unusable } = choose(text);
  const { attributes, names, labels } = rows;
  const width = attributes.length;
  const rowOf = (row: number) => [...labels.subarray(row * width, (row + 1) * width)].join('');
  return { attributes, rows: names.map((name, row) => `${name} ${rowOf(row)}`), unusable: [...unusable.keys()] };
};
const expected = { attributes: ['Male', 'Young'], rows: ['a.jpg 10', 'b.jpg 01', 'c d.jpg 11'], unusable: [] };

describe('a list of labels', () => {
  it.each([
    ['CSV', 'image,Male,Young\na.jpg,1,0\nb.jpg,0,1\nc d.jpg,1,1\n'],
    ['CSV with -1', 'image_id,Male,Young\na.jpg,1,-1\nb.jpg,-1,1\nc d.jpg,1,1\n'],
    ['pandas with the picture as index', ',Male,Young\na.jpg,1,0\nb.jpg,0,1\nc d.jpg,1,1\n'],
    ['pandas with its row number in front', ',image,Male,Young\n0,a.jpg,1,0\n1,b.jpg,0,1\n2,c d.jpg,1,1\n'],
    ['pandas with an unnamed number, the picture last', 'Unnamed: 0,Male,Young,file\n7,1,0,a.jpg\n8,0,1,b.jpg\n9,1,1,c d.jpg\n'],
    ['a picture column of no known name', 'Male,Gesicht,Young\n1,a.jpg,0\n0,b.jpg,1\n1,c d.jpg,1\n'],
    ['R, whose header lacks the names of rows', 'Male\tYoung\na.jpg\t1\t0\nb.jpg\t0\t1\nc d.jpg\t1\t1\n'],
    ['tabs', 'image\tMale\tYoung\na.jpg\t1\t0\nb.jpg\t0\t1\nc d.jpg\t1\t1\n'],
    ['semicolons', 'image;Male;Young\na.jpg;1;0\nb.jpg;0;1\nc d.jpg;1;1\n'],
    ['semicolons and decimal commas', 'image;Male;Young\na.jpg;1,0;0,0\nb.jpg;0,0;1,0\nc d.jpg;1,0;1,0\n'],
    ['bars', 'image|Male|Young\na.jpg|1|0\nb.jpg|0|1\nc d.jpg|1|1\n'],
    ['a line that names the separator', 'sep=;\nimage;Male;Young\na.jpg;1;0\nb.jpg;0;1\nc d.jpg;1;1\n'],
    ['blanks after commas', 'image, Male, Young\na.jpg, 1, 0\nb.jpg, 0, 1\nc d.jpg, 1, 1\n'],
    ['quotes and CRLF', '"image","Male","Young"\r\n"a.jpg","1","0"\r\n"b.jpg","0","1"\r\n"c d.jpg","1","1"\r\n'],
    ['lines of an old Mac', 'image,Male,Young\ra.jpg,1,0\rb.jpg,0,1\rc d.jpg,1,1'],
    ['columns of a spreadsheet that were emptied', 'image,Male,Young,,\na.jpg,1,0,,\nb.jpg,0,1,,\nc d.jpg,1,1,,\n,,,,\n'],
    ['more commas in the rows than in the header', 'image,Male,Young\na.jpg,1,0,\nb.jpg,0,1,\nc d.jpg,1,1,\n'],
    [
      'CSV with an empty last column and blanks in others',
      'image,Male,group,Young,note\na.jpg,1,Group 1,0,\nb.jpg,0,Group 2,1,\nc d.jpg,1,Group 3,1,\n',
    ],
    ['CSV below a comment', '# made by me, on Monday\nimage,Male,Young\na.jpg,1,0\nb.jpg,0,1\nc d.jpg,1,1\n'],
    ['a spreadsheet below its title', 'My faces,,\n,,\nimage,Male,Young\na.jpg,1,0\nb.jpg,0,1\nc d.jpg,1,1\n'],
    ['pandas with two rows of header', ',labels,labels\nimage,Male,Young\na.jpg,1,0\nb.jpg,0,1\nc d.jpg,1,1\n'],
    ['lists one behind the other', 'image,Male,Young\na.jpg,1,0\nimage,Male,Young\nb.jpg,0,1\nc d.jpg,1,1\n'],
    [
      'NumPy',
      'image,Male,Young\na.jpg,1.000000000000000000e+00,-1.000000000000000000e+00\nb.jpg,0.0e+00,1.0e+00\nc d.jpg,1.0e+00,1.0e+00\n',
    ],
    ['signs of typesetters and wide letters', 'image,Male,Young\na.jpg,\uff11,\u22121\nb.jpg,\u22121,1\nc d.jpg,1,1\n'],
    ['words', 'image,Male,Young\na.jpg,yes,No\nb.jpg,FALSE,t\nc d.jpg,Y,TRUE\n'],
    ['floats', 'image,Male,Young\na.jpg,1.0,0.0\nb.jpg,-1.0,1.\nc d.jpg,+1,1.00\n'],
    ['paths of another machine', 'image,Male,Young\n/home/me/a.jpg,1,0\n/home/me/b.jpg,0,1\n/home/me/c d.jpg,1,1\n'],
  ])('is read as %s', (_, text) => {
    const { rows, attributes, unusable } = read(text);
    expect({
      attributes,
      unusable: unusable.filter((name) => !/^(Unnamed: 0|group|note)$/.test(name)),
      rows: rows.map((row) => row.replace('/home/me/', '')),
    }).toEqual(expected);
  });

  it("is read as CelebA's text list, with its count or without, whatever the blanks", () => {
    const rows = 'Male Young \na.jpg  1 -1\nb.jpg -1  1\n';
    for (const text of [`2\n${rows}`, rows, `2\r\n${rows.replaceAll('\n', '\r\n')}`, `2\n${rows.replaceAll(' ', '\t')}`])
      expect(read(text)).toMatchObject({ attributes: ['Male', 'Young'], rows: ['a.jpg 10', 'b.jpg 01'] });
    expect(parse(`3\n${rows}`).notices).toEqual([{ name: 'list', reason: 'says 3 pictures, has 2 rows' }]);
  });

  it('has one separator: commas in names and a row of another separator do no harm, and the row is told', () => {
    const text = 'image;Male;Young\n"Smith, A;B.jpg";1;0\nSmith, C.jpg;0;1\nd.jpg;1;1\ne.jpg,1,1\n';
    const list = parse(text);
    expect(list.names).toEqual(['Smith, A;B.jpg', 'Smith, C.jpg', 'd.jpg', 'e.jpg,1,1']);
    expect([...list.faults]).toEqual([[3, 'line 5: expected 3 columns, found 1; it is separated by commas, the file by semicolons']]);
  });

  it('may hold anything in columns that are no labels', () => {
    const text =
      'image,Male,age,split,score,note,Young\na.jpg,1,20-29,0,0.25,"two\nlines, one",0\nb.jpg,0,,2,1,,1\nc d.jpg,1,more,1,0.5,,1\n';
    const { unusable, rows } = choose(text);
    expect(read(text)).toEqual({ ...expected, unusable: ['age', 'split', 'score', 'note'] });
    expect(Object.fromEntries(unusable)).toEqual({
      age: 'labels are 1, 0, -1, true, false, yes or no, and list line 2 says "20-29"',
      split: 'labels are 1, 0, -1, true, false, yes or no, and list line 4 says "2"',
      score: 'labels are 1, 0, -1, true, false, yes or no, and list line 2 says "0.25"',
      note: 'labels are 1, 0, -1, true, false, yes or no, and list line 2 says "two\nlines, one"',
    });
    expect(rows.faults.size).toBe(0);
  });

  it('says of a column with unknown cells how many there are, and leaves rows out where they are few enough', () => {
    const text = (blank: string) =>
      `image,Male,Young\n${Array.from({ length: 100 }, (_, i) => `${i}.jpg,1,${i === 7 ? blank : 0}\n`).join('')}`;
    expect(read(text('')).attributes).toEqual(['Male']);
    expect(choose(text('NaN')).unusable.get('Young')).toBe(
      'in 1 of 100 rows its cell is "NaN", first in list line 9, and what is unknown is no label; fill these cells in, leave these rows out of the list, or have them left out with dataset.maxLeftOut',
    );
    const { rows, unusable } = choose(text(''), 0.01);
    expect([rows.attributes, unusable.size]).toEqual([['Male', 'Young'], 0]);
    expect([...rows.faults]).toEqual([[7, 'line 9: Young is unknown: its cell is blank']]);
    expect([...choose(text('maybe'), 0.01).rows.faults.values()]).toEqual([
      'line 9: expected 1, 0, -1, true, false, yes or no for Young, found "maybe"',
    ]);
  });

  it('gives up the columns that cost the most, where too many rows would be left out in all', () => {
    const cells = (row: number) => [0, 1, 2].map((column) => (row === column || (column === 2 && row === 5) ? 'x' : 1)).join(',');
    const text = `image,A,B,C\n${Array.from({ length: 100 }, (_, i) => `${i}.jpg,${cells(i)}\n`).join('')}`;
    const { rows, unusable } = choose(text, 0.02);
    expect([rows.attributes, [...unusable.keys()], [...rows.faults.keys()]]).toEqual([['A', 'B'], ['C'], [0, 1]]);
  });

  it('is refused where it has no header, no columns, no labels or a quote without an end', () => {
    const header = "list:1: expected a header: a column for the picture's file, then one for each attribute; found ";
    expect(() => parse('a.jpg,1,0\nb.jpg,0,1\n')).toThrow(`${header}the picture "a.jpg"`);
    expect(() => parse('000001,1,0\n000002,0,1\n')).not.toThrow(); // what a number in a header means is not known
    expect(() => parse('1,1,0\n0,0,1\n')).toThrow(`${header}the row "1, 1, 0"`);
    expect(() => parse('image\na.jpg\n')).toThrow(`${header}only "image"`);
    expect(() => parse('image,Male\n"a.jpg,1\n')).toThrow('list: a quote is opened and never closed, line 2');
  });
});

describe('the spelling of a label', () => {
  it.each([
    ['yes', 1, ['1', '1.0', '+1', '1.', '1,0', 'true', 'T', 'Yes', 'y', ' 1 ']],
    ['no', 0, ['0', '0.0', '-1', '-1.0', '-0', 'FALSE', 'f', 'no', 'N']],
    ['unknown', 2, ['', ' ', 'NaN', 'nan', 'NA', 'n/a', 'None', 'NULL', '?', '<NA>']],
    ['no label', 3, ['2', '0.5', '10', '1.5', 'maybe', '1e0', '--1', '01.jpg', '1 0', 'on the cheek']],
  ])('for %s', (_, code, texts) => {
    expect(texts.map((text) => readLabel(text))).toEqual(texts.map(() => code));
  });
});
