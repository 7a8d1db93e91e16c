// Room: model/data/sources. The source that an experiment file names.

import { resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createSyntheticSource } from '../synthetic/synthetic.ts';
import { createCelebaSource } from './celeba.ts';
import { createFolderSource } from './folder.ts';
import type { Source } from './source.ts';

/** Reads lists and file sizes, but no picture. Throws a UserError where the data set is not there or its lists are unusable. */
export async function createSource(dataset: DatasetConfig): Promise<Source> {
  switch (dataset.source) {
    case 'celeba':
      return createCelebaSource(dataset);
    case 'folder':
      return createFolderSource(dataset);
    case 'synthetic': {
      const { images, seed, imageSize } = resolveDataset(dataset);
      return createSyntheticSource({ images: images!, seed: seed!, imageSize });
    }
  }
}

/** Changes when the pictures or labels that a run would see change, and only then. For 200,000 pictures it takes about a second. */
export async function identifyDataset(dataset: DatasetConfig): Promise<string> {
  return (await createSource(dataset)).identity;
}
