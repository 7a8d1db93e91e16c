// Room: model/data/packing. The packed form of the data set that an experiment names.

import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createSource } from '../sources/create-source.ts';
import { type PackOptions, packSource } from './pack-source.ts';
import type { PackedDataset } from './packed.ts';

/**
 * Opens the packed data set, making it first where it is not there. Safe to interrupt at any moment, and of any
 * number of processes only one packs. Throws a UserError where the data, the cache folder or the free space will not do.
 */
export async function packDataset(dataset: DatasetConfig, options: PackOptions): Promise<PackedDataset> {
  return packSource(await createSource(dataset), dataset, options);
}
