// Some pictures of a packed data set on one sheet, as a network will see them.

import sharp from 'sharp';
import type { PackedDataset } from '../packing/packed.ts';

const MOST_COLUMNS = 12;
const MOST_PICTURES = MOST_COLUMNS * 8;
const GAP_PX = 2;

/** A PNG of at most 96 pictures, spread evenly over the data set, in its order from left to right. */
export async function drawContactSheet({ count, imageSize, readPictures }: PackedDataset): Promise<Buffer> {
  const shown = Math.min(count, MOST_PICTURES);
  const columns = Math.min(MOST_COLUMNS, Math.ceil(Math.sqrt(shown)));
  const rows = Math.ceil(shown / columns);
  const indices = Uint32Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
  const pictures = new Uint8Array(shown * imageSize * imageSize * 3);
  readPictures(indices, pictures);
  const place = imageSize + GAP_PX;
  const [width, height] = [columns * place + GAP_PX, rows * place + GAP_PX];
  const sheet = Buffer.alloc(width * height * 3, 255);
  const rowBytes = imageSize * 3;
  for (let i = 0; i < shown; i++) {
    const left = GAP_PX + (i % columns) * place;
    const top = GAP_PX + Math.floor(i / columns) * place;
    for (let y = 0; y < imageSize; y++) {
      const from = (i * imageSize + y) * rowBytes;
      sheet.set(pictures.subarray(from, from + rowBytes), ((top + y) * width + left) * 3);
    }
  }
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
