// (pure) Pictures side by side: bytes of RGB on white.

const WHITE = 255;

export interface Canvas {
  /** RGB, [height, width, 3]. */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** picture [S, S, 3], as toBytes gives it. */
  place(picture: Uint8Array, cell: { row: number; column: number }): void;
}

interface Layout {
  rows: number;
  columns: number;
  imageSize: number;
  /** Between pictures and around them, in pixels. */
  gap: number;
  /** Each pixel of a picture becomes a square of so many. Default: 1. */
  scale?: number;
}

export function createCanvas({ rows, columns, imageSize, gap, scale = 1 }: Layout): Canvas {
  const pitch = imageSize * scale + gap;
  const [width, height] = [columns * pitch + gap, rows * pitch + gap];
  const pixels = new Uint8Array(width * height * 3).fill(WHITE);
  return {
    pixels,
    width,
    height,
    place(picture, { row, column }) {
      for (let y = 0; y < imageSize; y++) {
        const first = ((gap + row * pitch + y * scale) * width + gap + column * pitch) * 3;
        let to = first;
        for (let from = y * imageSize * 3; from < (y + 1) * imageSize * 3; from += 3) {
          for (let copy = 0; copy < scale; copy++) {
            for (let channel = 0; channel < 3; channel++) pixels[to++] = picture[from + channel]!;
          }
        }
        for (let copy = 1; copy < scale; copy++) pixels.copyWithin(first + copy * width * 3, first, to);
      }
    },
  };
}

/** [-1, 1] -> 0 to 255, the nearest. */
export function toBytes(pixels: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(pixels.length); // it rounds, and cuts what lies outside
  for (let i = 0; i < pixels.length; i++) bytes[i] = (pixels[i]! + 1) * 127.5;
  return new Uint8Array(bytes.buffer);
}

/** Columns for so many pictures in rows: near a square, and with as few empty places in it as that allows. */
export function chooseColumns(count: number): number {
  const side = Math.ceil(Math.sqrt(count));
  let columns = side;
  for (let wider = side; wider <= Math.min(2 * side, count); wider++)
    if (emptyPlaces(count, wider) < emptyPlaces(count, columns)) columns = wider;
  return columns;
}

const emptyPlaces = (count: number, columns: number): number => Math.ceil(count / columns) * columns - count;
