// Room: model/data. Renders synthetic faces to pixels: many faces are drawn on one SVG sheet, which costs one call to the
// rasterizer, and the sheet is cut into pictures.

import sharp from 'sharp';
import { SHARED_GRADIENTS } from './cheeks.ts';
import { drawFace } from './face.ts';
import { finishFace } from './finish.ts';
import type { FaceTraits } from './traits.ts';

// libvips would keep the last hundred sheets, parsed, in case one comes again; none does.
sharp.cache(false);

const COLUMNS = 8;
const FACES_A_SHEET = COLUMNS * COLUMNS;

/**
 * uint8, [faces.length, imageSize, imageSize, 3], RGB. The same faces give the same bytes, however many follow them; in
 * another place of the list a face differs by rounding at most.
 */
export async function renderFaces(faces: readonly FaceTraits[], imageSize: number): Promise<Uint8Array> {
  const pixels = new Uint8ClampedArray(faces.length * imageSize * imageSize * 3);
  for (let first = 0; first < faces.length; first += FACES_A_SHEET) {
    const group = faces.slice(first, first + FACES_A_SHEET);
    const { data, info } = await sharp(Buffer.from(drawSheet(group, imageSize)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 0; i < group.length; i++) {
      const length = imageSize * imageSize * 3;
      const tile = pixels.subarray((first + i) * length, (first + i + 1) * length);
      cutTile(data, tile, { index: i, side: imageSize, stride: info.width, channels: info.channels });
      finishFace(tile, imageSize, group[i]!);
    }
  }
  return new Uint8Array(pixels.buffer);
}

function drawSheet(faces: readonly FaceTraits[], imageSize: number): string {
  const side = COLUMNS * imageSize;
  const units = COLUMNS * 1000;
  let sheet =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${units} ${units}">` +
    `<style>.line{fill:none;stroke-linecap:round;stroke-linejoin:round}</style>${SHARED_GRADIENTS}`;
  for (let i = 0; i < faces.length; i++) {
    const x = (i % COLUMNS) * 1000;
    const y = Math.floor(i / COLUMNS) * 1000;
    sheet += `<svg x="${x}" y="${y}" width="1000" height="1000" viewBox="0 0 1000 1000">${drawFace(faces[i]!, i)}</svg>`;
  }
  return `${sheet}</svg>`;
}

function cutTile(
  sheet: Uint8Array,
  tile: Uint8ClampedArray,
  { index, side, stride, channels }: { index: number; side: number; stride: number; channels: number },
): void {
  const left = (index % COLUMNS) * side;
  const top = Math.floor(index / COLUMNS) * side;
  let to = 0;
  for (let y = 0; y < side; y++) {
    let from = ((top + y) * stride + left) * channels;
    for (let x = 0; x < side; x++) {
      tile[to++] = sheet[from]!;
      tile[to++] = sheet[from + 1]!;
      tile[to++] = sheet[from + 2]!;
      from += channels;
    }
  }
}
