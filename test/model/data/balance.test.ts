import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { countDrawn } from '../../../src/model/data/balance.ts';
import { type BatchData, createBatches } from '../../../src/model/data/batches.ts';
import { columnOf, labelShares } from '../../../src/model/data/statistics.ts';
import { configIn } from '../../experiment/parse-text.ts';

const COUNT = 1000;
const ATTRIBUTES = ['Half', 'Rare', 'Never'];
/** Half: every second picture. Rare: 2 % of them. Never: none. */
const has = (picture: number, attribute: string) =>
  attribute === 'Half' ? picture % 2 === 0 : attribute === 'Rare' ? picture % 50 === 7 : false;

/** Pictures of one pixel row whose colour is their number. */
const packed: BatchData = {
  count: COUNT,
  imageSize: 4,
  attributes: ATTRIBUTES,
  labels: Uint8Array.from({ length: COUNT * 3 }, (_, i) => (has(Math.floor(i / 3), ATTRIBUTES[i % 3]!) ? 1 : 0)),
  readPictures(indices, into) {
    for (const [i, picture] of indices.entries()) into.set([picture & 255, picture >> 8, 0], i * 48);
  },
};

function configOf(balancedSampling: number) {
  const text = `name: x\nattributes: [Male]\ntraining: {balancedSampling: ${balancedSampling}}\naugmentation: {horizontalFlip: false}\n`;
  return { ...configIn(text), attributes: ATTRIBUTES };
}

function batchesOf(balancedSampling: number, seed = 1) {
  const { augmentation } = configOf(0);
  return createBatches({ packed, attributes: ATTRIBUTES, augmentation, batchSize: 30, seed, balancedSampling });
}

/** The numbers of the pictures of some steps. */
function picturesOf(batches: ReturnType<typeof batchesOf>, steps: Iterable<number>): number[] {
  return [...steps].flatMap((step) => {
    const { pixels, size } = batches.read(step);
    const byte = (at: number) => Math.round((pixels[at]! + 1) * 127.5);
    return Array.from({ length: size }, (_, i) => byte(i * 48) + 256 * byte(i * 48 + 1));
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const shareOf = (pictures: readonly number[], attribute: string) =>
  pictures.filter((picture) => has(picture, attribute)).length / pictures.length;

describe('balanced sampling', () => {
  it('draws rare labels more often, and each picture as often as its labels say', () => {
    const batches = batchesOf(1);
    const pictures = picturesOf(batches, range(1, 20 * batches.stepsPerEpoch));
    // Drawn for Half, for Rare (half of them pictures with it, which lack Half) and for Never, which all lack.
    expect(Math.abs(shareOf(pictures, 'Rare') - (0.02 + 0.5 + 0.02) / 3)).toBeLessThan(0.01);
    expect(Math.abs(shareOf(pictures, 'Half') - (0.5 + 0.5 * (500 / 980) + 0.5) / 3)).toBeLessThan(0.01);
    const rare = pictures.filter((picture) => has(picture, 'Rare'));
    expect(new Set(rare).size).toBe(20);
  });

  it.each([0, 0.3, 1])('knows the shares of labels among what it draws (%d)', (balancedSampling) => {
    const batches = batchesOf(balancedSampling);
    const pictures = picturesOf(batches, range(1, 40 * batches.stepsPerEpoch));
    const shares = labelShares(packed, configOf(balancedSampling));
    for (const [i, attribute] of ATTRIBUTES.entries()) expect(Math.abs(shareOf(pictures, attribute) - shares[i]!)).toBeLessThan(0.01);
    expect(countDrawn(packed, [columnOf(ATTRIBUTES, 'Rare')], 0)).toEqual([0.02]);
    expect(countDrawn(packed, [columnOf(ATTRIBUTES, 'Rare')], 1)[0]).toBeCloseTo(0.5, 10);
    expect(countDrawn(packed, [columnOf(ATTRIBUTES, 'Never')], 1)).toEqual([0]);
  });

  it('keeps the steps of an epoch, and leaves the other pictures in their places', () => {
    const [plain, some] = [batchesOf(0), batchesOf(0.2)];
    expect(some.stepsPerEpoch).toBe(plain.stepsPerEpoch);
    const steps = range(1, plain.stepsPerEpoch);
    const [before, after] = [picturesOf(plain, steps), picturesOf(some, steps)];
    const moved = before.filter((picture, i) => picture !== after[i]).length / before.length;
    expect(moved).toBeGreaterThan(0.15);
    expect(moved).toBeLessThan(0.25);
  });

  it('follows from seed and step alone: a run that goes on draws the same', () => {
    const whole = picturesOf(batchesOf(0.5), range(1, 120));
    expect([...picturesOf(batchesOf(0.5), range(1, 50)), ...picturesOf(batchesOf(0.5), range(51, 120))]).toEqual(whole);
    expect(picturesOf(batchesOf(0.5), [100])).toEqual(whole.slice(-picturesOf(batchesOf(0.5), range(100, 120)).length).slice(0, 30));
    expect(picturesOf(batchesOf(0.5, 2), range(1, 50))).not.toEqual(whole.slice(0, 1480));
  });

  it('off, gives the batches that runs always had (hash computed by commit a009e7d)', () => {
    const hash = createHash('sha256');
    for (const step of range(1, 70)) hash.update(batchesOf(0).read(step).pixels);
    expect(hash.digest('hex').slice(0, 16)).toBe('55ca4e59c789cbd9');
  });
});
