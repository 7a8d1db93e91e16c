// (pure) list_bbox_celeba: where the face is in each picture of CelebA in the wild.

import type { Box } from '../pictures/decode.ts';

/** The box of a picture by its name; endings and folders do not count. Reads the text list and Kaggle's CSV. */
export function parseBoxes(bytes: Buffer): (name: string) => Box | undefined {
  const boxes = new Map<string, Box>();
  for (const line of bytes.toString('utf8').split(/\r\n?|\n/)) {
    const [name, ...rest] = line.split(/[\s,;"]+/).filter((cell) => cell !== '');
    const numbers = rest.map(Number);
    if (name === undefined || numbers.length !== 4 || !numbers.every(Number.isFinite)) continue; // the count, the header
    const [left, top, width, height] = numbers as [number, number, number, number];
    if (width > 0 && height > 0) boxes.set(stemOf(name), { left, top, width, height });
  }
  return (name) => boxes.get(stemOf(name));
}

const stemOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1).replace(/\.\w{1,5}$/, '');
