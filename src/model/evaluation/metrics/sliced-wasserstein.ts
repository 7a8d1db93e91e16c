// The sliced Wasserstein distance between two sets of pictures.

import { createRandom, type Random } from '../../../experiment/random.ts';
import type { Evaluator } from '../evaluator.ts';
import { pyramidSides } from './laplacian-pyramid.ts';
import { type Multiply, multiplyOn } from './multiply.ts';
import { createNormalise, cutPatches, PATCH_SIDE, PATCH_VALUES } from './patches.ts';

/** Enough to tell epochs apart, cheap enough for each of them: docs/decisions/009-evaluation.md has the figures. */
const PATCHES = 16;
const PROJECTIONS = 64;

export const slicedWasserstein: Evaluator<Distance> = {
  names: ['slicedWasserstein'],
  prepare({ pixels, imageSize }, k) {
    return createSlicedWasserstein(pixels, imageSize, { patches: PATCHES, projections: PROJECTIONS, multiply: multiplyOn(k) });
  },
  async measure({ pixels }, distance) {
    return { slicedWasserstein: await distance(pixels) };
  },
};

export interface Measure {
  /** Patches cut from each level of a picture. */
  patches: number;
  /** Random directions a level. */
  projections: number;
  multiply: Multiply;
}

/** Distance of pictures [count, side, side, 3] from the real ones, which are as many. */
export type Distance = (made: Float32Array) => Promise<number>;

/**
 * Karras et al. 2018, "Progressive growing of GANs", section 5: for each level of the Laplacian pyramid down to 16 pixels,
 * random patches of 7x7 pixels, normalised in each colour channel, projected onto random directions; the sorted
 * projections of the two sets are subtracted, and the mean of the absolute differences is the distance; mean of the levels.
 * In standard deviations of the real pictures at each level; 0 where the pictures are the same.
 *
 * Different here: both sets are normalised by the mean and deviation of the real one, so that a wrong brightness or
 * contrast counts, and a generator of one flat colour has a distance. Both are cut at the same places. Far fewer pictures
 * and patches, so that it can be asked after each epoch: compare figures with each other, not with the paper's.
 */
export async function createSlicedWasserstein(real: Float32Array, side: number, measure: Measure): Promise<Distance> {
  const count = real.length / (side * side * 3);
  const levels = pyramidSides(side).map((levelSide) => planLevel(levelSide, count, measure));
  const normalises: ((patches: Float32Array) => void)[] = [];
  const references: Float32Array[] = [];
  for (const [i, patches] of cutPatches(real, side, levels).entries()) {
    const normalise = createNormalise(patches);
    normalise(patches);
    normalises.push(normalise);
    references.push(await projectSorted(patches, levels[i]!.directions, measure.multiply));
  }
  return async (made) => {
    if (made.length !== real.length) throw new Error(`expected ${count} pictures, got ${made.length / (side * side * 3)}`);
    let sum = 0;
    for (const [i, patches] of cutPatches(made, side, levels).entries()) {
      normalises[i]!(patches);
      sum += meanDifference(await projectSorted(patches, levels[i]!.directions, measure.multiply), references[i]!);
    }
    return sum / levels.length;
  };
}

interface LevelPlan {
  /** Of each patch, [count * patches]: where its first value lies in its picture. */
  corners: Uint32Array;
  /** Unit vectors, [projections, 7 * 7 * 3]. */
  directions: Float32Array;
}

/** The same in every run, whatever its seed, so that runs can be compared. */
function planLevel(side: number, count: number, { patches, projections }: Measure): LevelPlan {
  const places = createRandom(0, 'evaluation', 'patches', side);
  const place = () => places.integer(side - PATCH_SIDE + 1);
  return {
    corners: Uint32Array.from({ length: count * patches }, () => (place() * side + place()) * 3),
    directions: drawDirections(projections, createRandom(0, 'evaluation', 'directions', side)),
  };
}

function drawDirections(projections: number, random: Random): Float32Array {
  const directions = Float32Array.from({ length: projections * PATCH_VALUES }, () => random.normal());
  for (let start = 0; start < directions.length; start += PATCH_VALUES) {
    const direction = directions.subarray(start, start + PATCH_VALUES);
    const length = Math.hypot(...direction);
    for (let i = 0; i < PATCH_VALUES; i++) direction[i] = direction[i]! / length;
  }
  return directions;
}

/** [projections, patches]: the patches in each direction, in ascending order. */
async function projectSorted(patches: Float32Array, directions: Float32Array, multiply: Multiply): Promise<Float32Array> {
  const projected = await multiply(directions, patches, PATCH_VALUES);
  const count = patches.length / PATCH_VALUES;
  for (let start = 0; start < projected.length; start += count) projected.subarray(start, start + count).sort();
  return projected;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
