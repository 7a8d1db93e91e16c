// Compares sample grids pixel by pixel where their files differ: another PNG encoder changes bytes, but no pixel.

import sharp from 'sharp';
import type { SampleComparison } from '../../results/compare/compare-runs.ts';

export interface PictureDifference {
  epoch: number;
  /** Largest difference of a pixel's channel, from 1 to 255; null where sizes differ or one cannot be read. */
  largest: number | null;
}

/** Of these grids, those whose pixels differ. */
export async function comparePictures(different: SampleComparison['different']): Promise<PictureDifference[]> {
  const found: PictureDifference[] = [];
  for (const { epoch, original, again } of different) {
    const largest = await largestDifference(original, again);
    if (largest !== 0) found.push({ epoch, largest });
  }
  return found;
}

async function largestDifference(original: string, again: string): Promise<number | null> {
  try {
    const [a, b] = await Promise.all([original, again].map((path) => sharp(path).raw().toBuffer({ resolveWithObject: true })));
    const isSameSize = a!.info.width === b!.info.width && a!.info.height === b!.info.height && a!.info.channels === b!.info.channels;
    if (!isSameSize) return null;
    return a!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b!.data[i]!)), 0);
  } catch {
    return null;
  }
}
