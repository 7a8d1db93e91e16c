// Of several noise vectors for a face the one whose picture the oracle reads best.

import type { Bits } from './open-bits.ts';
import { createNoise, type FaceRequest, type OpenRun } from './open-run.ts';
import type { FaceReader, ReadableFace } from './read-back.ts';

/** Pictures in memory at once: 512 of 64x64 take 25 MB. */
const BLOCK = 512;

export interface BestNoise {
  /** [count, latentSize] */
  noise: Float32Array;
  /** Which candidate each face got: 0 is the one that it has without a choice. */
  candidates: number[];
}

interface Options {
  reader: Pick<FaceReader, 'choose'>;
  /** Candidates of each face. */
  each: number;
  /** Every label bit of each face: all candidates have them. */
  bits: readonly Bits[];
}

/** `request`: its `fixed` counts first (chooseCandidate). Needs `each` pictures for each face. */
export async function chooseNoise(
  run: Pick<OpenRun, 'render' | 'imageSize' | 'latentSize'>,
  request: Pick<FaceRequest, 'fixed' | 'count' | 'seed'>,
  { reader, each, bits }: Options,
): Promise<BestNoise> {
  const { latentSize, imageSize } = run;
  const { count, fixed } = request;
  const noises = Array.from({ length: each }, (_, candidate) => createNoise(request, latentSize, candidate));
  const rowOf = (face: number, candidate: number) => noises[candidate]!.subarray(face * latentSize, (face + 1) * latentSize);
  const values = imageSize ** 2 * 3;
  const facesAtOnce = Math.max(1, Math.floor(BLOCK / each));
  const candidates: number[] = [];
  for (let first = 0; first < count; first += facesAtOnce) {
    const wanted = Array.from({ length: Math.min(facesAtOnce, count - first) * each }, (_, i) => ({
      face: first + Math.floor(i / each),
      candidate: i % each,
    }));
    const noise = joinRows(
      wanted.map(({ face, candidate }) => rowOf(face, candidate)),
      latentSize,
    );
    const pixels = await run.render(
      wanted.map(({ face }) => bits[face]!),
      noise,
    );
    const faces = wanted.map(
      ({ face }, i): ReadableFace => ({ asked: fixed, bits: bits[face]!, pixels: pixels.subarray(i * values, (i + 1) * values) }),
    );
    candidates.push(...(await reader.choose(faces, each)));
  }
  return {
    noise: joinRows(
      candidates.map((candidate, face) => rowOf(face, candidate)),
      latentSize,
    ),
    candidates,
  };
}

function joinRows(rows: readonly Float32Array[], width: number): Float32Array {
  const joined = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    joined.set(row, i * width);
  });
  return joined;
}
