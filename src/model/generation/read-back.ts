// The oracle of a run reads generated faces back.

import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { describeProblem } from '../../results/errors.ts';
import type { FaceReading, ReadBack } from '../../results/generation.ts';
import { readEvaluation, requireRunRecord } from '../../results/read.ts';
import { findOwnWeakness } from '../evaluation/metrics/attribute-accuracy.ts';
import { type Oracle, openKnownOracle, openOracle } from '../evaluation/oracle/oracle.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { chooseCandidate, type JudgedFace, readFace, sumUpReadings } from './readings.ts';

/** A face to be read: its pixels [S, S, 3] in [-1, 1], what was asked of it, and the label bits that it was made with. */
export type ReadableFace = Pick<JudgedFace, 'asked' | 'bits'> & { pixels: Float32Array };

export interface FaceReader {
  /** Any count of faces. */
  read(faces: readonly ReadableFace[]): Promise<FaceReading[]>;
  /** Of all faces that were read. */
  sumUp(faces: readonly (FaceReading & Pick<JudgedFace, 'asked'>)[]): ReadBack;
  /** `candidates` of each face in turn: count of faces x `each`. The index of the best candidate of each face, from 0 to each - 1. */
  choose(candidates: readonly ReadableFace[], each: number): Promise<number[]>;
  free(): void;
}

interface Options {
  /** In float32. */
  k: Kernels;
  cacheRoot?: string;
  /** What takes long: packing pictures and training an oracle, and how much of it is done. */
  onProgress?: (phase: string, done: number, total: number) => void;
  /** A line for a person. */
  onNotice?: (notice: string) => void;
  signal?: AbortSignal;
}

/** Like openFaceReader; where no oracle can be had, why not, in a line. */
export async function tryOpenFaceReader(runFolder: string, options: Options): Promise<FaceReader | { problem: string }> {
  try {
    return await openFaceReader(runFolder, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { problem: describeProblem(error) };
  }
}

/**
 * Opens the oracle that judged the run, for which no picture is needed where it is in the cache; else the run's pictures are packed and an
 * oracle is trained first, which takes minutes. Throws a DataError where those pictures are gone, and what else openOracle throws.
 */
async function openFaceReader(runFolder: string, options: Options): Promise<FaceReader> {
  const { k, cacheRoot = defaultCacheRoot() } = options;
  const identity = readEvaluation(runFolder)?.oracle?.identity;
  const known = identity === undefined ? undefined : openKnownOracle({ k, identity, cacheRoot });
  return createFaceReader(known ?? (await openByPictures(runFolder, { ...options, cacheRoot })));
}

async function openByPictures(
  runFolder: string,
  { k, cacheRoot, onProgress, onNotice, signal }: Options & { cacheRoot: string },
): Promise<Oracle> {
  // They read pictures of every form: long to load, and rarely needed.
  const [{ openRunData }, { openEvaluationData }] = await Promise.all([
    import('../child/run-data.ts'),
    import('../evaluation/held-out.ts'),
  ]);
  const record = requireRunRecord(runFolder);
  const { dataset, augmentation } = record.config;
  const tell = (phase: string) => ({ onProgress: (done: number, total: number) => onProgress?.(phase, done, total) });
  const common = { cacheRoot, ...(onNotice && { onNotice }), ...(signal && { signal }) };
  const packed = await openRunData(record);
  const data = await openEvaluationData(dataset, { ...common, packed, ...tell('packing held-out pictures') });
  try {
    return await openOracle({ ...common, k, data, rotations: augmentation.rotations, ...tell('training the oracle') });
  } finally {
    data.close();
    packed.close();
  }
}

export function createFaceReader(oracle: Pick<Oracle, 'identity' | 'labels' | 'accuracy' | 'judge' | 'free'>): FaceReader {
  const { labels, accuracy, identity } = oracle;
  const explainWeakness = (name: string) =>
    accuracy[name] === undefined ? 'the oracle does not know it' : findOwnWeakness(accuracy[name]);

  const judge = async (faces: readonly ReadableFace[]): Promise<JudgedFace[]> => {
    const { logits } = await oracle.judge(joinPixels(faces));
    return faces.map(({ asked, bits }, i) => ({
      asked,
      bits,
      logits: Object.fromEntries(labels.map((label, column) => [label, logits[i * labels.length + column]!])),
    }));
  };

  return {
    read: async (faces) => (await judge(faces)).map((judged) => readFace(judged, explainWeakness)),
    sumUp: (faces) => sumUpReadings(faces, { oracle: identity, explainWeakness }),
    async choose(candidates, each) {
      const judged = await judge(candidates);
      const ofFace = (face: number) => judged.slice(face * each, (face + 1) * each);
      return Array.from({ length: judged.length / each }, (_, face) => chooseCandidate(ofFace(face), explainWeakness));
    },
    free: () => oracle.free(),
  };
}

function joinPixels(faces: readonly ReadableFace[]): Float32Array {
  const size = faces[0]?.pixels.length ?? 0;
  const pixels = new Float32Array(faces.length * size);
  faces.forEach((face, i) => {
    pixels.set(face.pixels, i * size);
  });
  return pixels;
}
