// What a file is by its first bytes, whatever its name says.

/** A larger file is not read: no photograph has it. */
export const MOST_FILE_BYTES = 256 * 2 ** 20;

/** The formats that are read as photographs. SVG, PDF and the like are never handed to their decoders. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';

/** The format, or why the file is no picture that can be read. */
export function pictureKind(bytes: Buffer): { kind: PictureKind } | { fault: string } {
  if (bytes.length === 0) return { fault: 'an empty file' };
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { kind: 'jpeg' };
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return { kind: 'png' };
  if (startsWith(bytes, 'GIF8')) return { kind: 'gif' };
  if (startsWith(bytes, 'RIFF') && bytes.toString('latin1', 8, 12) === 'WEBP') return { kind: 'webp' };
  if (startsWith(bytes, 'II*\0') || startsWith(bytes, 'MM\0*')) return { kind: 'tiff' };
  const brand = bytes.toString('latin1', 4, 8) === 'ftyp' ? bytes.toString('latin1', 8, 12) : undefined;
  if (brand === 'avif' || brand === 'avis') return { kind: 'avif' };
  if (brand !== undefined && /^(hei|hev|mif1|msf1)/.test(brand)) {
    if (bytes.toString('latin1', 16, 64).includes('avif')) return { kind: 'avif' };
    return { fault: 'a HEIC picture (HEVC), which no decoder here reads; convert it to JPEG or PNG' };
  }
  if (brand !== undefined) return { fault: `a film or another ${brand.trim()} file, no picture` };
  if (isWebPage(bytes)) return { fault: 'a web page saved as a picture (a download quota page?)' };
  if (startsWith(bytes, 'BM')) return { fault: 'a BMP picture; convert it to PNG or JPEG' };
  const other = OTHER_KINDS.find(({ begins }) => begins.test(bytes.toString('latin1', 0, 512)));
  if (other !== undefined) return { fault: other.fault };
  return { fault: 'no JPEG, PNG, WebP, GIF, TIFF or AVIF picture' };
}

/** What is found under the names of pictures, each called what it is. */
const OTHER_KINDS = [
  { begins: /^version https:\/\/git-lfs/, fault: 'a pointer of Git LFS, not the picture itself; run `git lfs pull` where it was cloned' },
  { begins: /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*-->\s*)?<svg\b/s, fault: 'an SVG drawing; convert it to PNG' },
  { begins: /^%PDF-/, fault: 'a PDF; save its pages as PNG or JPEG' },
  { begins: /^8BPS/, fault: 'a Photoshop file; save it as PNG or JPEG' },
  { begins: /^\x93NUMPY/, fault: 'an array of NumPy; save it as PNG' },
  { begins: /^(\xff\n|.{4}JXL )/s, fault: 'a JPEG XL picture; convert it to PNG or JPEG' },
  { begins: /^(\xffO\xffQ|.{4}jP {2})/s, fault: 'a JPEG 2000 picture; convert it to PNG or JPEG' },
  { begins: /^P[1-6]\s/, fault: 'a PNM picture; convert it to PNG or JPEG' },
];

/** Also of a format that is not read. */
export function isPictureOfAnyKind(bytes: Buffer): boolean {
  const found = pictureKind(bytes);
  return 'kind' in found || /^an? (HEIC|BMP|SVG|PDF|Photoshop|JPEG XL|JPEG 2000|PNM|pointer)/.test(found.fault);
}

/** Download sites answer with a page when a quota is used up, and tools save it under the file's name. */
export function isWebPage(bytes: Buffer): boolean {
  return /^(\uFEFF)?\s*<(!doctype|html)/i.test(bytes.toString('utf8', 0, 512));
}

function startsWith(bytes: Buffer, signature: string): boolean {
  return bytes.toString('latin1', 0, signature.length) === signature;
}
