// The forms of data that an experiment file can name. A new form is a file beside this one and a line in the list.

import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { syntheticForm } from '../synthetic/synthetic.ts';
import { findCeleba } from './celeba.ts';
import { findFolder } from './folder.ts';
import { onDisk } from './label-source.ts';
import type { DataForm, Part, Source } from './source.ts';

const FORMS: Record<DatasetConfig['source'], DataForm> = {
  synthetic: syntheticForm,
  celeba: onDisk(findCeleba),
  folder: onDisk(findFolder),
};

/** Reads lists and file sizes, but no picture. Throws a DataError where the data set is not there or its lists are unusable. */
export async function openSource(dataset: DatasetConfig, part: Part = 'training'): Promise<Source> {
  return FORMS[dataset.source].open(dataset, part);
}

/** The identity of the data set's source (see `Source`). For 200,000 pictures it takes about a second. Throws like `openSource`. */
export async function identifyDataset(dataset: DatasetConfig): Promise<string> {
  return (await openSource(dataset)).identity;
}
