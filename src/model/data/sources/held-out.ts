// Which pictures of a list are held out: never trained on, so that they can judge what was.

import { createRandom } from '../../../experiment/random.ts';
import type { Listing } from './listing.ts';
import type { Part } from './source.ts';

/** The pictures of one part. Faults and notices stay with those to learn from, and are told once. */
export function choosePart(listing: Listing, { share, part }: { share: number; part: Part }): Listing {
  if (share === 0 && part === 'training') return listing;
  const { attributes, files, sizesBytes, stamps, labels } = listing;
  const heldOut = chooseHeldOut(files, share);
  const chosen = [...files.keys()].filter((i) => heldOut.has(i) === (part === 'held out'));
  const width = attributes.length;
  const chosenLabels = new Uint8Array(chosen.length * width);
  for (const [to, from] of chosen.entries()) chosenLabels.set(labels.subarray(from * width, (from + 1) * width), to * width);
  return {
    ...listing,
    files: chosen.map((i) => files[i]!),
    sizesBytes: chosen.map((i) => sizesBytes[i]!),
    stamps: chosen.map((i) => stamps[i]!),
    labels: chosenLabels,
    ...(part === 'held out' && { faults: [], notices: [] }),
  };
}

/** By the pictures' names alone, in whatever order they come; a smaller share is part of a larger one. */
function chooseHeldOut(files: readonly string[], share: number): Set<number> {
  const draws = files.map((file) => createRandom(0, 'held out', file).uniform());
  const order = [...files.keys()].sort((a, b) => draws[a]! - draws[b]!);
  return new Set(order.slice(0, Math.round(files.length * share)));
}
