// Pictures whose colour tells their number, and labels that follow from it: a shifted label cannot go unseen.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Fault, Source } from '../../../src/model/data/sources/source.ts';

const LEVELS = [32, 96, 160, 224];

/** A picture of one colour, which says `code` (0 to 63). */
export function codedPicture(code: number, { width = 178, height = 218 } = {}): Promise<Buffer> {
  const key = `${code} ${width} ${height}`;
  const [r, g, b] = [code & 3, (code >> 2) & 3, (code >> 4) & 3].map((level) => LEVELS[level]!) as [number, number, number];
  const made =
    kept.get(key) ??
    sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
      .jpeg({ quality: 95 })
      .toBuffer();
  kept.set(key, made);
  return made;
}

const kept = new Map<string, Promise<Buffer>>();

/** The code of a picture, from its first pixel. */
export function codeOf(pixels: Uint8Array, at = 0): number {
  const [r, g, b] = [0, 1, 2].map((i) => Math.round((pixels[at + i]! - 32) / 64)) as [number, number, number];
  return r + g * 4 + b * 16;
}

/** The labels that a coded picture is given in these tests: its first `count` bits. */
export const bitsOf = (code: number, count: number): (0 | 1)[] => Array.from({ length: count }, (_, i) => ((code >> i) & 1) as 0 | 1);

export interface ReadSource {
  codes: number[];
  labels: number[][];
  faults: Fault[];
}

/** Everything that a source of coded pictures gives. */
export async function readSource(source: Source, imageSize: number): Promise<ReadSource> {
  const read: ReadSource = { codes: [], labels: [], faults: [...source.faults] };
  const width = source.attributes.length;
  for await (const { pixels, labels, faults } of source.read()) {
    read.faults.push(...faults);
    for (let at = 0; at < pixels.length; at += imageSize * imageSize * 3) read.codes.push(codeOf(pixels, at));
    for (let at = 0; at < labels.length; at += width) read.labels.push([...labels.subarray(at, at + width)]);
  }
  return read;
}

/** Writes files below a folder, making the folders in between. */
export function writeFiles(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
