import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../../src/experiment/schema/schema.ts';
import { type Batch, type BatchData, createBatches } from '../../../src/model/data/batches.ts';

const SIDE = 4;
const EACH = SIDE * SIDE * 3;

/** Value 3p + c of picture i: i, with the pixel's number and channel, so that every move of a pixel shows. */
const byteOf = (picture: number, pixel: number, channel: number) => (picture * 50 + pixel * 3 + channel) & 255;

/** Pictures in memory; labels A, B and C are bits 0 to 2 of a picture's number. */
function packedOf(count: number): BatchData {
  return {
    count,
    imageSize: SIDE,
    attributes: ['A', 'B', 'C'],
    labels: Uint8Array.from({ length: count * 3 }, (_, i) => (Math.floor(i / 3) >> (i % 3)) & 1),
    readPictures(indices, into) {
      for (const [i, picture] of indices.entries()) {
        for (let value = 0; value < EACH; value++) into[i * EACH + value] = byteOf(picture, Math.floor(value / 3), value % 3);
      }
    },
  };
}

const PLAIN: RunConfig['augmentation'] = { horizontalFlip: false, rotations: [], rotationProbability: 0 };

function batchesOf(
  count: number,
  more: { augmentation?: Partial<RunConfig['augmentation']>; attributes?: string[]; batchSize?: number; seed?: number } = {},
) {
  const { augmentation, attributes = ['A', 'B', 'C'], batchSize = 4, seed = 1 } = more;
  return createBatches({
    packed: packedOf(count),
    attributes,
    augmentation: { ...PLAIN, ...augmentation },
    batchSize,
    seed,
  });
}

/** A batch as it is now; the arrays are used again by the next read. */
const copyOf = ({ pixels, labels, size }: Batch): Batch => ({ pixels: pixels.slice(), labels: labels.slice(), size });
const bytesOf = (pixels: Float32Array) => [...pixels].map((value) => Math.round((value + 1) * 127.5));
/** Which pictures (of at most five) a batch without augmentation holds. */
const picturesOf = ({ pixels, size }: Batch) => Array.from({ length: size }, (_, i) => Math.round(((pixels[i * EACH]! + 1) * 127.5) / 50));

describe('batches', () => {
  it('hold pixels from -1 to 1 and the labels of their pictures, in the order of the attributes asked for', () => {
    const batches = batchesOf(4, { attributes: ['C', 'A'] });
    expect(batches.conditionNames).toEqual(['C', 'A']);
    const batch = batches.read(1);
    expect(batch).toMatchObject({ size: 4, pixels: { length: 4 * EACH }, labels: { length: 8 } });
    for (const [i, picture] of picturesOf(batch).entries()) {
      expect([...batch.labels.subarray(i * 2, i * 2 + 2)]).toEqual([(picture >> 2) & 1, picture & 1]);
      expect(bytesOf(batch.pixels.subarray(i * EACH, (i + 1) * EACH))).toEqual(
        Array.from({ length: EACH }, (_, value) => byteOf(picture, Math.floor(value / 3), value % 3)),
      );
    }
  });

  it('map 0 to -1 and 255 to 1, in even steps', () => {
    const packed = {
      ...packedOf(2),
      readPictures: (_: Uint32Array, into: Uint8Array) =>
        into.set(Uint8Array.from({ length: into.length }, (_byte, i) => [0, 255, 51][i % 3]!)),
    };
    const { pixels } = createBatches({
      packed: packed,
      attributes: ['A'],
      augmentation: PLAIN,
      batchSize: 2,
      seed: 1,
    }).read(1);
    expect([...pixels.subarray(0, 3)]).toEqual([-1, 1, Math.fround(51 / 127.5 - 1)]);
  });

  it('show every picture once an epoch, in another order each time', () => {
    const batches = batchesOf(5, { batchSize: 2 });
    expect(batches.stepsPerEpoch).toBe(2);
    const even = batchesOf(4, { batchSize: 2 });
    const epochs = [1, 3, 5, 7, 9, 11].map((step) => [...picturesOf(even.read(step)), ...picturesOf(even.read(step + 1))]);
    for (const epoch of epochs) expect(epoch.toSorted()).toEqual([0, 1, 2, 3]);
    expect(new Set(epochs.map(String)).size).toBeGreaterThan(2);
  });

  it.each([
    { count: 5, batchSize: 3, sizes: [3, 2] },
    { count: 5, batchSize: 2, sizes: [2, 2] },
    { count: 4, batchSize: 2, sizes: [2, 2] },
    { count: 5, batchSize: 64, sizes: [5] },
    { count: 3, batchSize: 2, sizes: [2] },
  ])('of $batchSize from $count pictures have sizes $sizes: a last one of a single picture is dropped', ({ count, batchSize, sizes }) => {
    const batches = batchesOf(count, { batchSize });
    expect(batches.stepsPerEpoch).toBe(sizes.length);
    for (const epoch of [0, 1]) {
      const read = sizes.map((_, i) => batches.read(epoch * sizes.length + i + 1));
      expect(read.map(({ size }) => size)).toEqual(sizes);
      expect(read.map(({ pixels, labels }) => [pixels.length, labels.length])).toEqual(sizes.map((size) => [size * EACH, size * 3]));
    }
  });

  it('of a step are the same whatever was read before, so that a resumed run continues exactly', () => {
    const augmentation = { horizontalFlip: true, rotations: [90, 180, 270] as const, rotationProbability: 0.5 };
    const options = { augmentation: { ...augmentation, rotations: [...augmentation.rotations] }, batchSize: 2 };
    const straight = batchesOf(5, options);
    const inOrder = Array.from({ length: 12 }, (_, i) => copyOf(straight.read(i + 1)));
    const resumed = batchesOf(5, options);
    for (const step of [9, 12, 1, 10]) expect(copyOf(resumed.read(step))).toEqual(inOrder[step - 1]);
  });

  it('differ with the seed', () => {
    const orders = [1, 2, 3, 4].map((seed) => String([1, 2].map((step) => picturesOf(batchesOf(5, { seed, batchSize: 2 }).read(step)))));
    expect(new Set(orders).size).toBeGreaterThan(2);
  });

  it('refuse attributes that the data set lacks, and data sets too small to train on', () => {
    expect(() => batchesOf(4, { attributes: ['A', 'Bald'] })).toThrow(/expected attributes of the data set, found "Bald"; it has A, B, C/);
    expect(() => batchesOf(1)).toThrow(/has 1 pictures; training needs at least 2/);
  });
});

describe('augmentation', () => {
  const upright = (picture: number) =>
    Array.from({ length: SIDE }, (_, y) => Array.from({ length: SIDE }, (_, x) => byteOf(picture, y * SIDE + x, 0)));
  const mirrored = (rows: number[][]) => rows.map((row) => row.toReversed());
  /** Counter-clockwise: the right column becomes the top row. */
  const quarterTurn = (rows: number[][]) => rows.map((_, y) => rows.map((row) => row[SIDE - 1 - y]!));
  const turned = (rows: number[][], quarters: number): number[][] => (quarters === 0 ? rows : turned(quarterTurn(rows), quarters - 1));

  /** Red values as rows, with the labels, of each picture of a batch. */
  const viewsOf = ({ pixels, labels, size }: Batch, conditions: number) =>
    Array.from({ length: size }, (_, i) => {
      const bytes = bytesOf(pixels.subarray(i * EACH, (i + 1) * EACH));
      return {
        rows: Array.from({ length: SIDE }, (_, y) => Array.from({ length: SIDE }, (_, x) => bytes[(y * SIDE + x) * 3]!)),
        isWhole: bytes.every((byte, at) => at % 3 === 0 || byte === ((bytes[at - 1]! + 1) & 255)),
        bits: [...labels.subarray(i * conditions, (i + 1) * conditions)],
      };
    });

  it('mirrors about half of the pictures, and nothing but left and right', () => {
    const batches = batchesOf(5, { augmentation: { horizontalFlip: true }, batchSize: 5 });
    let flipped = 0;
    for (let step = 1; step <= 200; step++) {
      for (const { rows, bits, isWhole } of viewsOf(batches.read(step), 3)) {
        const picture = bits.reduce((sum, bit, i) => sum + (bit << i), 0);
        const isMirrored = String(rows) === String(mirrored(upright(picture)));
        if (!isMirrored) expect(rows).toEqual(upright(picture));
        expect(isWhole).toBe(true);
        flipped += Number(isMirrored);
      }
    }
    expect(flipped / 1000).toBeCloseTo(0.5, 1);
  });

  it('turns counter-clockwise by the angle whose bit is set, each equally often, and leaves the rest upright', () => {
    const batches = batchesOf(5, { augmentation: { rotations: [270, 90, 180], rotationProbability: 0.3 }, batchSize: 5 });
    expect(batches.conditionNames).toEqual(['A', 'B', 'C', 'rotate_270', 'rotate_90', 'rotate_180']);
    const seen = [0, 0, 0, 0];
    for (let step = 1; step <= 400; step++) {
      for (const { rows, bits, isWhole } of viewsOf(batches.read(step), 6)) {
        const picture = bits.slice(0, 3).reduce((sum, bit, i) => sum + (bit << i), 0);
        const angle = bits.slice(3).indexOf(1);
        expect(bits.slice(3).filter(Boolean).length).toBeLessThanOrEqual(1);
        expect(rows).toEqual(turned(upright(picture), [0, 3, 1, 2][angle + 1]!));
        expect(isWhole).toBe(true);
        seen[angle + 1]!++;
      }
    }
    expect(seen[0]! / 2000).toBeCloseTo(0.7, 1);
    for (const count of seen.slice(1)) expect(count / 2000).toBeCloseTo(0.1, 1);
  });

  it('mirrors before it turns', () => {
    const batches = batchesOf(2, { augmentation: { horizontalFlip: true, rotations: [90], rotationProbability: 1 }, batchSize: 2 });
    const found = new Set<string>();
    for (let step = 1; step <= 20; step++) {
      for (const { rows, bits } of viewsOf(batches.read(step), 4)) {
        if (bits[0] === 1) found.add(String(rows));
      }
    }
    expect(found).toEqual(new Set([String(turned(upright(1), 1)), String(turned(mirrored(upright(1)), 1))]));
  });
});
