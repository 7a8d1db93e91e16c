// Of several noise vectors for a face the one whose picture the oracle reads best.

import type { Bits } from './open-bits.ts';
import { drawNoise, type FaceRequest, type OpenRun } from './open-run.ts';
import type { FaceReader, ReadableFace } from './read-back.ts';

/** Pictures in memory at once: 512 of 64x64 take 25 MB. */
const BLOCK = 512;

interface Options {
  reader: Pick<FaceReader, 'choose'>;
  /** Candidates of each face. */
  each: number;
  /** Every label bit of each face: all its candidates have them. */
  bits: readonly Bits[];
  onProgress?: (done: number, total: number) => void;
}

/** Which candidate each face gets: 0 is the noise that it has without a choice. What is `fixed` counts first (chooseCandidate). */
export async function chooseNoise(
  run: Pick<OpenRun, 'render' | 'imageSize' | 'latentSize'>,
  { fixed, count, seed }: Pick<FaceRequest, 'fixed' | 'count' | 'seed'>,
  { reader, each, bits, onProgress }: Options,
): Promise<number[]> {
  const { latentSize, imageSize } = run;
  const values = imageSize ** 2 * 3;
  const facesAtOnce = Math.max(1, Math.floor(BLOCK / each));
  const chosen: number[] = [];
  while (chosen.length < count) {
    const indices = Array.from(
      { length: Math.min(facesAtOnce, count - chosen.length) * each },
      (_, i) => chosen.length + Math.floor(i / each),
    );
    const noise = new Float32Array(indices.length * latentSize);
    indices.forEach((index, i) => {
      noise.set(drawNoise({ seed, index, candidate: i % each }, latentSize), i * latentSize);
    });
    const bitsOfEach = indices.map((index) => bits[index]!);
    const pixels = await run.render(bitsOfEach, noise);
    const faces = bitsOfEach.map(
      (of, i): ReadableFace => ({ asked: fixed, bits: of, pixels: pixels.subarray(i * values, (i + 1) * values) }),
    );
    chosen.push(...(await reader.choose(faces, each)));
    onProgress?.(chosen.length, count);
  }
  return chosen;
}
