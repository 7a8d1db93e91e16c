// Patches of 7x7 pixels, cut from every level of the pyramids of many pictures.

import { type Level, laplacianPyramid } from './laplacian-pyramid.ts';

export const PATCH_SIDE = 7;
export const PATCH_VALUES = PATCH_SIDE * PATCH_SIDE * 3;

/** corners, a level: of each patch, picture by picture, where its first value lies in its picture. -> a level: [patches, 7 * 7 * 3] */
export function cutPatches(pictures: Float32Array, side: number, levels: readonly { corners: Uint32Array }[]): Float32Array[] {
  const pictureValues = side * side * 3;
  const count = pictures.length / pictureValues;
  const cuts = levels.map(({ corners }) => new Float32Array(corners.length * PATCH_VALUES));
  for (let picture = 0; picture < count; picture++) {
    const pyramid = laplacianPyramid(pictures.subarray(picture * pictureValues, (picture + 1) * pictureValues), side);
    pyramid.forEach((level, i) => {
      const { corners } = levels[i]!;
      const patches = corners.length / count;
      for (let patch = picture * patches; patch < (picture + 1) * patches; patch++) {
        copyPatch(level, corners[patch]!, cuts[i]!.subarray(patch * PATCH_VALUES, (patch + 1) * PATCH_VALUES));
      }
    });
  }
  return cuts;
}

function copyPatch({ side, values }: Level, corner: number, patch: Float32Array): void {
  for (let row = 0; row < PATCH_SIDE; row++) {
    const from = corner + row * side * 3;
    for (let i = 0; i < PATCH_SIDE * 3; i++) patch[row * PATCH_SIDE * 3 + i] = values[from + i]!;
  }
}

/** By the mean and standard deviation of each colour channel of these patches; in place. */
export function createNormalise(reference: Float32Array): (patches: Float32Array) => void {
  const channels = [0, 1, 2].map((channel) => {
    let sum = 0;
    let squares = 0;
    for (let i = channel; i < reference.length; i += 3) {
      sum += reference[i]!;
      squares += reference[i]! * reference[i]!;
    }
    const values = reference.length / 3;
    const mean = sum / values;
    const deviation = Math.sqrt(Math.max(0, squares / values - mean * mean));
    return { mean, scale: 1 / Math.max(deviation, SMALLEST_DEVIATION) };
  });
  return (patches) => {
    channels.forEach(({ mean, scale }, channel) => {
      for (let i = channel; i < patches.length; i += 3) patches[i] = (patches[i]! - mean) * scale;
    });
  };
}

/** Of pixels in [-1, 1]: a channel that never varies must not divide by zero. */
const SMALLEST_DEVIATION = 1e-3;
