// Shuffled, augmented batches. A step's batch follows from the seed and the step number alone, so a
// resumed run needs no other state.

import { createRandom, shuffle } from '../../experiment/random.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { PictureSource } from '../kernels/kernels.ts';
import { type Balance, createBalance } from './balance.ts';
import type { PackedDataset } from './packing/packed.ts';
import { createPictureCopier, listWalks, PICTURE_NUMBERS, type QuarterTurns, walkNumber } from './pictures/copy-picture.ts';
import { DataError } from './sources/source.ts';
import { columnOf } from './statistics.ts';

export interface Batch {
  /** RGB in [-1, 1], [size, imageSize, imageSize, 3]. */
  pixels: Float32Array;
  /** 0 or 1, [size, conditionNames.length]. */
  labels: Float32Array;
  /** Pictures: the batch size, or fewer in the last step of an epoch. */
  size: number;
}

/** A batch as what it is made of: for pictures that lie on the device. */
export interface Choice extends Omit<Batch, 'pixels'> {
  /** Which pictures, [size]. */
  pictures: Float32Array;
  /** How each is mirrored and turned: a row of listWalks, [size]. */
  walks: Float32Array;
}

export interface Batches {
  stepsPerEpoch: number;
  /** The attributes, then rotate_90, … in the order in which the augmentation lists its angles. */
  conditionNames: string[];
  /** The batch of a step, counted from 1 over all epochs. Its arrays are used again: they hold until the next read. */
  read(step: number): Batch;
  /** What `read` gives, without its pixels. The arrays are used again as well. */
  choose(step: number): Choice;
}

/** What batches need of a packed data set. */
export type BatchData = Pick<PackedDataset, 'count' | 'imageSize' | 'attributes' | 'labels' | 'readPictures'>;

interface Options {
  packed: BatchData;
  attributes: RunConfig['attributes'];
  augmentation: RunConfig['augmentation'];
  batchSize: number;
  seed: number;
  /** Default: 0. */
  balancedSampling?: number;
}

/** Batch statistics need at least two pictures: a single one that is left over at the end of an epoch is not used in it. */
const LEAST_PICTURES = 2;

/** The steps in which `count` pictures come once each. */
export function countStepsPerEpoch(count: number, batchSize: number): number {
  return Math.floor(count / batchSize) + (count % batchSize >= LEAST_PICTURES ? 1 : 0);
}

/** The names of a run's label bits: the attributes, then rotate_90, … in the order in which the augmentation lists its angles. */
export function listConditions({ attributes, augmentation }: Pick<RunConfig, 'attributes' | 'augmentation'>): string[] {
  return [...attributes, ...augmentation.rotations.map((angle) => `rotate_${angle}`)];
}

/**
 * Every picture comes once an epoch, in an order of its own; of `balancedSampling`, so many of them give their place to a picture that is
 * drawn by its labels (balance.ts). Throws a UserError for an attribute that the data set does not have.
 */
export function createBatches(options: Options): Batches {
  const { packed, attributes, augmentation, batchSize, seed, balancedSampling = 0 } = options;
  const { count, imageSize } = packed;
  const columns = attributes.map((name) => columnOf(packed.attributes, name));
  const conditionNames = listConditions({ attributes, augmentation });
  if (count < LEAST_PICTURES) throw new DataError(`The data set has ${count} pictures; training needs at least ${LEAST_PICTURES}`);
  const stepsPerEpoch = countStepsPerEpoch(count, batchSize);
  const pictureValues = imageSize * imageSize * 3;
  const bytes = new Uint8Array(batchSize * pictureValues);
  const pixels = new Float32Array(batchSize * pictureValues);
  const labels = new Float32Array(batchSize * conditionNames.length);
  const [pictures, walks] = [new Float32Array(batchSize), new Float32Array(batchSize)];
  const copyPicture = createPictureCopier({ from: bytes, to: pixels, side: imageSize });
  const orderOf = createOrder(count, { seed, share: balancedSampling, balance: () => createBalance(packed, columns) });

  return {
    stepsPerEpoch,
    conditionNames,
    read(step) {
      const { indices, turns, labels } = draw(step);
      packed.readPictures(indices, bytes);
      for (const [i, { flip, quarterTurns }] of turns.entries()) copyPicture(i * pictureValues, flip, quarterTurns);
      return { pixels: pixels.subarray(0, indices.length * pictureValues), labels, size: indices.length };
    },
    choose(step) {
      const { indices, turns, labels } = draw(step);
      const size = indices.length;
      pictures.set(indices);
      for (const [i, { flip, quarterTurns }] of turns.entries()) walks[i] = walkNumber(flip, quarterTurns);
      return { pictures: pictures.subarray(0, size), walks: walks.subarray(0, size), labels, size };
    },
  };

  /** Which pictures a step has, what happens to each, and their labels. */
  function draw(step: number): { indices: Uint32Array; turns: { flip: boolean; quarterTurns: QuarterTurns }[]; labels: Float32Array } {
    const epoch = Math.floor((step - 1) / stepsPerEpoch) + 1;
    const from = ((step - 1) % stepsPerEpoch) * batchSize;
    const indices = orderOf(epoch).subarray(from, from + batchSize);
    labels.fill(0);
    const drawTurn = createAugmentation(augmentation, { seed, step });
    const turns = Array.from(indices, (picture, i) => {
      const { flip, rotation } = drawTurn();
      const label = i * conditionNames.length;
      const row = picture * packed.attributes.length;
      for (let a = 0; a < columns.length; a++) labels[label + a] = packed.labels[row + columns[a]!]!;
      if (rotation !== undefined) labels[label + columns.length + rotation] = 1;
      return { flip, quarterTurns: rotation === undefined ? 0 : ((augmentation.rotations[rotation]! / 90) as QuarterTurns) };
    });
    return { indices, turns, labels: labels.subarray(0, indices.length * conditionNames.length) };
  }
}

/** All pictures of a packed data set, for a device to keep: what `choose` tells are numbers of these. */
export function asPictureSource({ count, imageSize, readPictures }: BatchData): PictureSource {
  const pixels = imageSize ** 2;
  return {
    count,
    pixels,
    numbers: PICTURE_NUMBERS,
    walks: () => listWalks(imageSize),
    read() {
      const bytes = new Uint8Array(count * pixels * 3);
      readPictures(
        Uint32Array.from({ length: count }, (_, i) => i),
        bytes,
      );
      return bytes;
    },
  };
}

/** The pictures of an epoch in order; the last one is kept, since steps mostly follow each other. */
function createOrder(
  count: number,
  { seed, share, balance }: { seed: number; share: number; balance: () => Balance },
): (epoch: number) => Uint32Array {
  const balanced = share > 0 ? balance() : undefined;
  let kept: { epoch: number; order: Uint32Array } | undefined;
  return (epoch) => {
    if (kept?.epoch !== epoch) {
      const all = Uint32Array.from({ length: count }, (_, i) => i);
      const order = shuffle(all, createRandom(seed, 'shuffle', epoch));
      const draws = createRandom(seed, 'balance', epoch);
      if (balanced) for (let i = 0; i < count; i++) if (draws.uniform() < share) order[i] = balanced.draw(draws);
      kept = { epoch, order };
    }
    return kept.order;
  };
}

/** Draws what happens to one picture after the other; `rotation` is an index into the angles. */
function createAugmentation(
  { horizontalFlip, rotations, rotationProbability }: Options['augmentation'],
  at: { seed: number; step: number },
) {
  const flips = createRandom(at.seed, 'augment', at.step, 'flip');
  const turns = createRandom(at.seed, 'augment', at.step, 'rotate');
  return () => ({
    flip: horizontalFlip && flips.uniform() < 0.5,
    rotation: rotations.length > 0 && turns.uniform() < rotationProbability ? turns.integer(rotations.length) : undefined,
  });
}
