// Cuts and shrinks many pictures of one size in two passes over all of them: a call a picture costs
// more than the work in it. Pictures lie side by side for the vertical pass and one above the other for the horizontal
// one, so that no row or column ever holds two, and the result is that of a single resize of each.

import sharp from 'sharp';

interface Options {
  count: number;
  width: number;
  height: number;
  /** Side of the centred square. */
  side: number;
  imageSize: number;
}

/** [count, height, width, 3] -> [count, imageSize, imageSize, 3]. */
export async function cropAndResize(pictures: Buffer, { count, width, height, side, imageSize }: Options): Promise<Buffer> {
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const row = side * 3;
  const wide = Buffer.allocUnsafe(count * side * row); // [side, count * side, 3]
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < side; y++) {
      const from = ((i * height + top + y) * width + left) * 3;
      pictures.copy(wide, (y * count + i) * row, from, from + row);
    }
  }
  const flat = await resize(wide, { width: count * side, height: side }, { width: count * side, height: imageSize });
  const tall = wide.subarray(0, flat.length); // [count * imageSize, side, 3]
  for (let y = 0; y < imageSize; y++) {
    for (let i = 0; i < count; i++) flat.copy(tall, (i * imageSize + y) * row, (y * count + i) * row, (y * count + i + 1) * row);
  }
  return resize(tall, { width: side, height: count * imageSize }, { width: imageSize, height: count * imageSize });
}

interface Size {
  width: number;
  height: number;
}

function resize(pixels: Buffer, from: Size, to: Size): Promise<Buffer> {
  return sharp(pixels, { raw: { ...from, channels: 3 }, limitInputPixels: false })
    .resize(to.width, to.height, { fit: 'fill' })
    .raw()
    .toBuffer();
}
