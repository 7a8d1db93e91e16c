// The first rows of a sample grid as a picture of its own: every pixel as it is, in half the bytes.

import type { SampleGridRecord } from '../../results/records.ts';

/** null where the picture cannot be cut so: it is sent whole. */
export async function cropRows(png: Buffer, { imageSize, gap, rows: all }: SampleGridRecord, rows: number): Promise<Buffer | null> {
  const height = gap + rows * (imageSize + gap);
  if (!(rows < all) || !Number.isSafeInteger(height) || height < 1) return null;
  try {
    const { default: sharp } = await import('sharp');
    const picture = sharp(png, { limitInputPixels: MOST_PIXELS });
    const { width, height: whole } = await picture.metadata();
    if (!width || !whole || height >= whole) return null;
    return await picture.extract({ left: 0, top: 0, width, height }).webp({ lossless: true, effort: 1 }).toBuffer();
  } catch {
    return null; // no picture at all, or one that is too large
  }
}

const MOST_PIXELS = 32 * 1024 * 1024;
