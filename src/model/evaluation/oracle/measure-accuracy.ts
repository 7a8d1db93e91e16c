// How well an oracle does on the held-out pictures: with upright ones for the attributes, with turned ones for the rotations.

import type { BatchData } from '../../data/batches.ts';
import { createPictureCopier, type QuarterTurns } from '../../data/pictures/copy-picture.ts';
import { createAccuracyTally, type LabelAccuracy } from './accuracy.ts';
import type { Judged } from './judge.ts';

interface Options {
  data: BatchData;
  turns: readonly QuarterTurns[];
  judge: (pixels: Float32Array) => Promise<Judged>;
  signal: AbortSignal | undefined;
}

/** The first so many: more make no figure better. */
const MOST_PICTURES = 10_000;
const BATCH = 256;

/** In the order of the labels: attributes, then turns. */
export async function measureAccuracy({ data, turns, judge, signal }: Options): Promise<LabelAccuracy[]> {
  const count = Math.min(MOST_PICTURES, data.count);
  const width = data.attributes.length;
  const labels = width + turns.length;
  const pictureValues = data.imageSize ** 2 * 3;
  const bytes = new Uint8Array(BATCH * pictureValues);
  const pixels = new Float32Array(BATCH * pictureValues);
  const copyPicture = createPictureCopier({ from: bytes, to: pixels, side: data.imageSize });
  const attributes = createAccuracyTally(width);
  const rotations = createAccuracyTally(turns.length);
  /** Logits from the label `from` on, [size, to - from]. */
  const pick = ({ logits, count: size }: Judged, from: number, to: number) =>
    Float32Array.from({ length: size * (to - from) }, (_, at) => {
      const [row, label] = [Math.floor(at / (to - from)), at % (to - from)];
      return logits[row * labels + from + label]!;
    });

  for (let from = 0; from < count; from += BATCH) {
    signal?.throwIfAborted();
    const size = Math.min(BATCH, count - from);
    data.readPictures(
      Uint32Array.from({ length: size }, (_, i) => from + i),
      bytes,
    );
    const judgeTurned = (turnOf: (i: number) => QuarterTurns) => {
      for (let i = 0; i < size; i++) copyPicture(i * pictureValues, false, turnOf(i));
      return judge(pixels.subarray(0, size * pictureValues));
    };
    const upright = await judgeTurned(() => 0);
    attributes.add(data.labels.subarray(from * width, (from + size) * width), pick(upright, 0, width));
    if (turns.length === 0) continue;
    // Each orientation in turn, upright included.
    const turnAt = (i: number) => ((from + i) % (turns.length + 1)) - 1;
    const turned = await judgeTurned((i) => turns[turnAt(i)] ?? 0);
    const targets = Array.from({ length: size * turns.length }, (_, at) =>
      turnAt(Math.floor(at / turns.length)) === at % turns.length ? 1 : 0,
    );
    rotations.add(targets, pick(turned, width, labels));
  }
  return [...attributes.result(), ...rotations.result()];
}
