// What is known of a data set before a picture of it is read: its labels, and whether its lists alone make it unusable.

import type { DatasetConfig } from '../../experiment/schema/schema.ts';
import { createFaultTally } from './packing/fault-tally.ts';
import { openSource } from './sources/index.ts';
import { DataError, type OwnCut } from './sources/source.ts';

export interface KnownLabels {
  /** In label order. */
  names: readonly string[];
  /** What stands beside the labels and is none -> why. */
  unusable: ReadonlyMap<string, string>;
  /** Why packing would refuse the data, whatever the pictures hold; undefined where it would not. */
  refused: string | undefined;
  /** The most that can be usable, those of `dataset.heldOut` included. */
  pictures: number;
  ownCut: OwnCut | undefined;
}

/** Rejects with a DataError where the data set is not there or its lists are unusable as a whole. */
export async function lookAtLists(dataset: DatasetConfig): Promise<KnownLabels> {
  const { heldOut, ...whole } = dataset;
  const { attributes, unusable = new Map(), total, faults, ownCut } = await openSource(whole);
  const pictures = total - faults.length;
  const refused = findRefusal(() => {
    const tally = createFaultTally(dataset, total);
    tally.add(faults, 0);
    tally.finish(pictures);
  });
  return { names: attributes, unusable, refused, pictures, ownCut };
}

function findRefusal(count: () => void): string | undefined {
  try {
    count();
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}
