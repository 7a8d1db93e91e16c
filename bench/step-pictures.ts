// Pictures of chance for a bare training step: on the device where the product would keep them there, else as pixels of the host.

import type { Random } from '../src/experiment/random.ts';
import { listWalks, PICTURE_NUMBERS } from '../src/model/data/pictures/copy-picture.ts';
import type { Kernels, StoredPictures } from '../src/model/kernels/kernels.ts';

const SIDE = 64;
const BYTES = SIDE ** 2 * 3;

/** What createTrainer takes, and the part of a step's input that says which pictures. */
export function drawPictures(k: Kernels, batch: number, random: Random) {
  const bytes = Uint8Array.from({ length: batch * BYTES }, () => random.integer(256));
  const stored: StoredPictures | null = k.storePictures({
    count: batch,
    pixels: SIDE ** 2,
    numbers: PICTURE_NUMBERS,
    walks: () => listWalks(SIDE),
    read: () => bytes,
  });
  const input = stored
    ? { pictures: Float32Array.from({ length: batch }, (_, i) => i), walks: new Float32Array(batch) }
    : { pixels: Float32Array.from(bytes, (byte) => PICTURE_NUMBERS[byte]!) };
  return { stored, input };
}
