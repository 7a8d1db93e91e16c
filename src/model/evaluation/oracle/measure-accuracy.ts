// How well an oracle does on the held-out pictures: with upright ones for the attributes, with turned ones for the rotations. What it sees
// in the upright ones is kept, so that no run need ask again.

import type { BatchData } from '../../data/batches.ts';
import { createPictureCopier, type QuarterTurns } from '../../data/pictures/copy-picture.ts';
import { createAccuracyTally, type LabelAccuracy } from './accuracy.ts';
import { type Judged, joinRows } from './judge.ts';

interface Options {
  data: BatchData;
  turns: readonly QuarterTurns[];
  judge: (pixels: Float32Array) => Promise<Judged>;
  signal: AbortSignal | undefined;
}

/** The first so many: more make no figure better. */
const MOST_PICTURES = 10_000;
const BATCH = 256;

interface Measured {
  /** In the order of the labels: attributes, then turns. */
  accuracy: LabelAccuracy[];
  /** What it sees in the first held-out pictures, upright, in the order of the data. */
  heldOut: Judged;
}

export async function measureAccuracy({ data, turns, judge, signal }: Options): Promise<Measured> {
  const count = Math.min(MOST_PICTURES, data.count);
  const width = data.attributes.length;
  const labels = width + turns.length;
  const pictureValues = data.imageSize ** 2 * 3;
  const bytes = new Uint8Array(BATCH * pictureValues);
  const pixels = new Float32Array(BATCH * pictureValues);
  const copyPicture = createPictureCopier({ from: bytes, to: pixels, side: data.imageSize });
  const attributes = createAccuracyTally(width);
  const rotations = createAccuracyTally(turns.length);
  const seen: Judged[] = [];
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
    seen.push(upright);
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
  return { accuracy: [...attributes.result(), ...rotations.result()], heldOut: joinJudged(seen) };
}

function joinJudged(blocks: readonly Judged[]): Judged {
  return {
    features: joinRows(blocks.map(({ features }) => features)),
    logits: joinRows(blocks.map(({ logits }) => logits)),
    count: blocks.reduce((sum, { count }) => sum + count, 0),
  };
}
