// What a file is by its first bytes, whatever its name says.

/** The formats that are read as photographs. SVG, PDF, TIFF and the like are never handed to their decoders. */
export type PictureKind = 'jpeg' | 'png' | 'webp' | 'gif';

/** The format, or why the file is no picture that can be read. */
export function pictureKind(bytes: Buffer): { kind: PictureKind } | { fault: string } {
  if (bytes.length === 0) return { fault: 'an empty file' };
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { kind: 'jpeg' };
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return { kind: 'png' };
  if (startsWith(bytes, 'GIF8')) return { kind: 'gif' };
  if (startsWith(bytes, 'RIFF') && bytes.toString('latin1', 8, 12) === 'WEBP') return { kind: 'webp' };
  if (isWebPage(bytes)) return { fault: 'a web page saved as a picture (a download quota page?)' };
  if (startsWith(bytes, 'BM')) return { fault: 'a BMP picture; convert it to PNG or JPEG' };
  return { fault: 'no JPEG, PNG, WebP or GIF picture' };
}

/** Download sites answer with a page when a quota is used up, and tools save it under the file's name. */
export function isWebPage(bytes: Buffer): boolean {
  return /^(\uFEFF)?\s*<(!doctype|html)/i.test(bytes.toString('utf8', 0, 512));
}

function startsWith(bytes: Buffer, signature: string): boolean {
  return bytes.toString('latin1', 0, signature.length) === signature;
}
