// Words inside a PNG: iTXt chunks, which image viewers and libraries show.

import { crc32 } from 'node:zlib';

/** Signature, length, type, 13 bytes and checksum of IHDR: what each PNG begins with. */
const BEFORE_TEXT = 8 + 4 + 4 + 13 + 4;

/**
 * The PNG with an iTXt chunk for each keyword, after its header. Keywords are 1 to 79 characters of Latin-1; texts are any.
 * PNG Specification (Third Edition), 11.3.3.4.
 */
export function addPngText(png: Uint8Array, texts: Readonly<Record<string, string>>): Buffer {
  const chunks = Object.entries(texts).map(([keyword, text]) => createTextChunk(keyword, text));
  return Buffer.concat([png.subarray(0, BEFORE_TEXT), ...chunks, png.subarray(BEFORE_TEXT)]);
}

function createTextChunk(keyword: string, text: string): Buffer {
  // After the keyword: not compressed, no method of compression, no language, no translated keyword.
  const data = Buffer.concat([
    Buffer.from('iTXt'),
    Buffer.from(keyword, 'latin1'),
    Buffer.alloc(5),
    Buffer.from(text.replaceAll('\0', '')),
  ]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length - 4);
  checksum.writeUInt32BE(crc32(data));
  return Buffer.concat([length, data, checksum]);
}
