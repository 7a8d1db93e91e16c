// The batches that an oracle learns from: pictures moved, mirrored and turned, all their labels, and what an error at each label weighs.

import { createRandom, shuffle } from '../../../experiment/random.ts';
import type { BatchData } from '../../data/batches.ts';
import { createPictureCopier, type QuarterTurns } from '../../data/pictures/copy-picture.ts';
import { planSteps, type Recipe } from './recipe.ts';

export interface Lesson {
  /** [batch, S, S, 3] in [-1, 1] */
  pixels: Float32Array;
  /** [batch, labels], 0 or 1 */
  targets: Float32Array;
  /** [batch, labels] */
  weights: Float32Array;
}

export interface Lessons {
  batchSize: number;
  steps: number;
  /** From 1. Its arrays are used again: they hold until the next read. */
  read(step: number): Lesson;
}

interface Options {
  data: BatchData;
  /** Counter-clockwise, in quarters. The labels of these follow the attributes. */
  turns: readonly QuarterTurns[];
  recipe: Recipe;
}

/** Pixels are read from the packed data, batch by batch. */
export function createLessons({ data, turns, recipe }: Options): Lessons {
  const { count, imageSize, attributes } = data;
  const { batchSize, stepsPerEpoch, steps } = planSteps(recipe, count);
  const labels = attributes.length + turns.length;
  const pictureValues = imageSize * imageSize * 3;
  const read = new Uint8Array(batchSize * pictureValues);
  const moved = new Uint8Array(batchSize * pictureValues);
  const lesson: Lesson = {
    pixels: new Float32Array(batchSize * pictureValues),
    targets: new Float32Array(batchSize * labels),
    weights: new Float32Array(batchSize * labels),
  };
  const copyPicture = createPictureCopier({ from: moved, to: lesson.pixels, side: imageSize });
  const shift = Math.round((recipe.shift * imageSize) / 64);
  const weightOf = weighLabels(data, turns.length, recipe.turned);
  let order = new Uint32Array(0);
  let orderedEpoch = -1;

  return {
    batchSize,
    steps,
    read(step) {
      const epoch = Math.floor((step - 1) / stepsPerEpoch);
      if (epoch !== orderedEpoch) {
        order = shuffle(
          Uint32Array.from({ length: count }, (_, i) => i),
          createRandom(recipe.seed, 'oracle', 'order', epoch),
        ) as Uint32Array<ArrayBuffer>;
        orderedEpoch = epoch;
      }
      const from = ((step - 1) % stepsPerEpoch) * batchSize;
      const indices = order.subarray(from, from + batchSize);
      data.readPictures(indices, read);
      const random = createRandom(recipe.seed, 'oracle', 'augment', step);
      for (let i = 0; i < batchSize; i++) {
        const right = random.integer(2 * shift + 1) - shift;
        const down = random.integer(2 * shift + 1) - shift;
        movePicture({ from: read, to: moved, start: i * pictureValues, side: imageSize }, right, down);
        const turn = turns.length > 0 && random.uniform() < recipe.turned ? random.integer(turns.length) : undefined;
        copyPicture(i * pictureValues, random.uniform() < 0.5, turn === undefined ? 0 : turns[turn]!);
        const row = indices[i]! * attributes.length;
        for (let label = 0; label < labels; label++) {
          const isOn = label < attributes.length ? data.labels[row + label] === 1 : label - attributes.length === turn;
          lesson.targets[i * labels + label] = isOn ? 1 : 0;
          lesson.weights[i * labels + label] = weightOf(label, isOn);
        }
      }
      return lesson;
    },
  };
}

/** Pictures that have a label weigh as much as those that lack it, however rare it is; the mean weight is 1. */
function weighLabels(data: BatchData, turns: number, turned: number): (label: number, isOn: boolean) => number {
  const width = data.attributes.length;
  const positives = new Float64Array(width);
  for (let at = 0; at < data.count * width; at++) positives[at % width]! += data.labels[at]!;
  const shares = [...Array.from(positives, (on) => on / data.count), ...new Array<number>(turns).fill(turned / turns)];
  const isTold = shares.map((share) => share > 0 && share < 1);
  return (label, isOn) => (isTold[label] ? 0.5 / (isOn ? shares[label]! : 1 - shares[label]!) : 1);
}

interface Place {
  from: Uint8Array;
  to: Uint8Array;
  /** Of the picture in both arrays. */
  start: number;
  side: number;
}

/** Moves a picture by so many pixels; its edge is repeated where there is nothing. */
function movePicture({ from, to, start, side }: Place, right: number, down: number): void {
  const rowBytes = side * 3;
  const moved = right * 3;
  for (let y = 0; y < side; y++) {
    const source = start + Math.min(side - 1, Math.max(0, y - down)) * rowBytes;
    const target = start + y * rowBytes;
    if (moved >= 0) to.set(from.subarray(source, source + rowBytes - moved), target + moved);
    else to.set(from.subarray(source - moved, source + rowBytes), target);
    for (let x = 0; x < moved; x++) to[target + x] = from[source + (x % 3)]!;
    for (let x = 0; x < -moved; x++) to[target + rowBytes + moved + x] = from[source + rowBytes - 3 + (x % 3)]!;
  }
}
