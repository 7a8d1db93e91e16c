import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { chooseColumns, createCanvas, toBytes } from '../../../src/model/generation/canvas.ts';
import { addPngText } from '../../../src/model/generation/png-text.ts';

/** A picture of 2 x 2 pixels, each of one grey. */
const picture = (...greys: number[]) => Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey]));
const greys = ({ pixels, width, height }: ReturnType<typeof createCanvas>) =>
  Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => pixels[(y * width + x) * 3]!));

describe('a canvas', () => {
  it('holds pictures in rows and columns, on white', () => {
    const canvas = createCanvas({ rows: 1, columns: 2, imageSize: 2, gap: 1 });
    canvas.place(picture(1, 2, 3, 4), { row: 0, column: 1 });
    expect(greys(canvas)).toEqual([
      [255, 255, 255, 255, 255, 255, 255],
      [255, 255, 255, 255, 1, 2, 255],
      [255, 255, 255, 255, 3, 4, 255],
      [255, 255, 255, 255, 255, 255, 255],
    ]);
  });

  it('enlarges them by whole pixels', () => {
    const canvas = createCanvas({ rows: 2, columns: 1, imageSize: 2, gap: 0, scale: 2 });
    canvas.place(picture(1, 2, 3, 4), { row: 1, column: 0 });
    expect(greys(canvas).slice(4)).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
  });

  it('takes values of [-1, 1], cut where they lie outside', () => {
    expect([...toBytes(Float32Array.of(-1, -0.5, 0, 1, 1.2, -3))]).toEqual([0, 64, 128, 255, 255, 0]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [7, 4],
    [8, 4],
    [9, 3],
    [10, 5],
    [16, 4],
    [100, 10],
    [1000, 40],
  ])('of %i pictures has %i columns', (count, columns) => expect(chooseColumns(count)).toBe(columns));
});

describe('words in a PNG', () => {
  it('leave its pixels as they are, and are read back in any language', async () => {
    const canvas = createCanvas({ rows: 1, columns: 1, imageSize: 2, gap: 0 });
    canvas.place(picture(9, 8, 7, 6), { row: 0, column: 0 });
    const { pixels, width, height } = canvas;
    const raw = { width, height, channels: 3 } as const;
    const words = { Description: 'ein Mädchen 👧 "so"', Comment: '{"a": 1}' };
    const png = addPngText(await sharp(pixels, { raw }).png().toBuffer(), words);
    expect((await sharp(png).raw().toBuffer()).equals(pixels)).toBe(true);
    const { comments } = await sharp(png).metadata();
    expect(comments?.map(({ keyword, text }) => [keyword.replace(/^.*-/, ''), text])).toEqual(Object.entries(words));
  });
});
