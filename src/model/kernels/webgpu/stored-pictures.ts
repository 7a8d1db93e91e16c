// (pure) Pictures that lie on the GPU as bytes, four to a word, and how a step takes some of them.

import type { PictureSource } from '../kernels.ts';
import { type Access, type Node, perValue, type Storage } from './nodes.ts';

interface Taken {
  /** Words: [count, pixels, 3] bytes. */
  bytes: Storage;
  numbers: Storage;
  walks: Storage;
  /** [B] each: which picture, and which walk over it. */
  chosen: Storage;
  walked: Storage;
  /** [B, pixels, 3] */
  output: Storage;
}

export function takeNode(taken: Taken, { pixels }: Pick<PictureSource, 'pixels'>): Node {
  const { bytes, numbers, walks, chosen, walked, output } = taken;
  const statements = (access: Access) => `let place = i / 3u;
let picture = u32(${access.read(chosen, `place / ${pixels}u`)});
let walk = u32(${access.read(walked, `place / ${pixels}u`)});
let pixel = u32(${access.read(walks, `walk * ${pixels}u + place % ${pixels}u`)});
let at = (picture * ${pixels}u + pixel) * 3u + i % 3u;
let byte = (${access.read(bytes, 'at / 4u')} >> (8u * (at % 4u))) & 255u;
${access.write('i', access.read(numbers, 'byte'))}`;
  return {
    reads: [bytes, numbers, walks, chosen, walked],
    writes: [output],
    workgroups: perValue(output.size, '').workgroups,
    body: (access) => perValue(output.size, statements(access)).body,
  };
}
