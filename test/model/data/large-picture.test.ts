import sharp from 'sharp';
import { expect, it } from 'vitest';
import { decodePictures } from '../../../src/model/data/pictures/decode.ts';
import type { PictureKind } from '../../../src/model/data/pictures/picture-kind.ts';
import { decodeSquare, decodeWhole } from '../../../src/model/data/pictures/whole-picture.ts';

function texture(width: number, height: number) {
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, i) => 128 + 60 * Math.sin(i / 97) + ((i * 7919) % 61));
  return sharp(pixels, { raw: { width, height, channels: 4 } });
}
const rgb = (width = 301, height = 440) => texture(width, height).removeAlpha();

const TURNED = [2, 3, 4, 5, 6, 7, 8].map((orientation): [string, PictureKind, () => Promise<Buffer>] => [
  `a JPEG with orientation ${orientation}`,
  'jpeg',
  () => rgb().withMetadata({ orientation }).jpeg().toBuffer(),
]);

it.each<[string, PictureKind, () => Promise<Buffer>]>([
  ['a JPEG', 'jpeg', () => rgb().jpeg().toBuffer()],
  ['a wide JPEG', 'jpeg', () => rgb(440, 301).jpeg().toBuffer()],
  ['a progressive JPEG', 'jpeg', () => rgb().jpeg({ progressive: true }).toBuffer()],
  ['a JPEG with a wide gamut', 'jpeg', () => rgb().withIccProfile('p3').jpeg().toBuffer()],
  ['a CMYK JPEG', 'jpeg', () => rgb().toColourspace('cmyk').jpeg().toBuffer()],
  ['a PNG', 'png', () => rgb().png().toBuffer()],
  ['a PNG with transparency', 'png', () => texture(301, 440).png().toBuffer()],
  ['a grey PNG', 'png', () => rgb().toColourspace('b-w').png().toBuffer()],
  ['a WebP with transparency', 'webp', () => texture(301, 440).webp().toBuffer()],
  ['a TIFF', 'tiff', () => rgb().tiff({ compression: 'lzw' }).toBuffer()],
  ...TURNED,
])('%s that is cut while it is decoded has the pixels of one that is decoded whole first', async (_, kind, make) => {
  const bytes = await make();
  const { data, info } = await decodeWhole(bytes, 'warning');
  for (const [side, imageSize] of [
    [Math.min(info.width, info.height), 64],
    [178, 128],
    [101, 128],
  ] as const) {
    const square = { left: Math.floor((info.width - side) / 2), top: Math.floor((info.height - side) / 2), side };
    const expected = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .extract({ ...square, width: side, height: side })
      .resize(imageSize, imageSize, { fit: 'fill' })
      .raw()
      .toBuffer();
    expect((await decodeSquare({ bytes, kind }, square, { imageSize, failOn: 'warning' })).equals(expected)).toBe(true);
  }
});

it('a large picture whose end is missing is broken, also where the end lies below the square', async () => {
  const whole = await rgb(1700, 2500).jpeg({ quality: 40 }).toBuffer();
  const stored = (bytes: Buffer) => ({ sizeBytes: bytes.length, read: () => bytes });
  const unfilled = Buffer.from(whole).fill(0, whole.length - 3000);
  const decoded = await decodePictures([whole, whole.subarray(0, -3000), unfilled].map(stored), { imageSize: 32, crop: undefined });
  expect(decoded[0]).toMatchObject({ pixels: expect.any(Uint8Array) });
  for (const broken of decoded.slice(1))
    expect(broken).toMatchObject({ fault: expect.stringMatching(/^a broken picture: .*premature end/i) });
});
