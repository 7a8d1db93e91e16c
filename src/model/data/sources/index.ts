// The forms of data that an experiment file can name. A new form is a file beside this one and a line in the list.

import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { syntheticForm } from '../synthetic/synthetic.ts';
import { celebaForm } from './celeba.ts';
import { folderForm } from './folder.ts';
import type { DataForm, KnownLabels, Part, Source } from './source.ts';

const FORMS: Record<DatasetConfig['source'], DataForm> = {
  synthetic: syntheticForm,
  celeba: celebaForm,
  folder: folderForm,
};

/** Reads lists and file sizes, but no picture. Throws a DataError where the data set is not there or its lists are unusable. */
export async function openSource(dataset: DatasetConfig, part: Part = 'training'): Promise<Source> {
  return FORMS[dataset.source].open(dataset, part);
}

/** The identity of the data set's source (see `Source`). For 200,000 pictures it takes about a second. Throws like `openSource`. */
export async function identifyDataset(dataset: DatasetConfig): Promise<string> {
  return (await openSource(dataset)).identity;
}

/** The labels that a data set has. Throws like `openSource`. */
export function readLabels(dataset: DatasetConfig): KnownLabels {
  return FORMS[dataset.source].readLabels(dataset);
}
