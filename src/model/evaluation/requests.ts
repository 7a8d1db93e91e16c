// What an evaluation asks a generator for: labels of real pictures, in a fixed order, and noise. All of it is the same in every run on the
// same data, whatever its seed, so that runs are compared on equal terms.

import { createRandom, shuffle } from '../../experiment/random.ts';
import type { BatchData } from '../data/batches.ts';
import { columnOf } from '../data/statistics.ts';

/** Of `count` pictures, at most so many, drawn without repetition: the first ones are the same for any `most`. */
export function chooseSubset(count: number, most: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return shuffle(all, createRandom(0, 'evaluation', 'pictures')).slice(0, most);
}

/** [count, S, S, 3] in [-1, 1] */
export function readPixels(packed: BatchData, indices: Uint32Array): Float32Array {
  const bytes = new Uint8Array(indices.length * packed.imageSize ** 2 * 3);
  packed.readPictures(indices, bytes);
  const pixels = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) pixels[i] = bytes[i]! / 127.5 - 1; // Float32Array.from takes 30 times as long
  return pixels;
}

/** [count, attributes], 0 or 1 */
export function readLabels(packed: BatchData, { indices, attributes }: { indices: Uint32Array; attributes: readonly string[] }) {
  const labels = new Float32Array(indices.length * attributes.length);
  attributes.forEach((name, bit) => {
    const column = columnOf(packed.attributes, name);
    for (let i = 0; i < indices.length; i++) {
      labels[i * attributes.length + bit] = packed.labels[indices[i]! * packed.attributes.length + column]!;
    }
  });
  return labels;
}

interface Orientations {
  attributes: number;
  /** Label bits: those of the attributes, then one for each orientation that is not upright. */
  conditions: number;
  /** upright: the bits of the orientations stay 0. inTurn: upright, the first orientation, the second, …, upright again. */
  orientation: 'upright' | 'inTurn';
}

/** labels [count, attributes] -> [count, conditions] */
export function addOrientations(labels: Float32Array, { attributes, conditions, orientation }: Orientations): Float32Array {
  const count = labels.length / attributes;
  const orientations = conditions - attributes + 1;
  const asked = new Float32Array(count * conditions);
  for (let i = 0; i < count; i++) {
    asked.set(labels.subarray(i * attributes, (i + 1) * attributes), i * conditions);
    const turn = orientation === 'inTurn' ? i % orientations : 0;
    if (turn > 0) asked[i * conditions + attributes + turn - 1] = 1;
  }
  return asked;
}

/** A stream of standard normal numbers; `name` tells it from the others. */
export function createNoise(name: string): (count: number) => Float32Array {
  const random = createRandom(0, 'evaluation', name);
  return (count) => {
    const noise = new Float32Array(count);
    for (let i = 0; i < count; i++) noise[i] = random.normal();
    return noise;
  };
}
