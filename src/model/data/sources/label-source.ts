// From what a form of data finds on disk, a list of labels and the place of its pictures, to a source: the steps that all forms share.

import { MAX_LEFT_OUT_BY_DEFAULT, resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import type { ListFile } from './files.ts';
import { choosePart } from './held-out.ts';
import { type Listing, listPictures } from './listing.ts';
import { chooseLabels } from './lists/choose-labels.ts';
import { type LabelList, parseLabelList } from './lists/label-list.ts';
import { createNameMatcher, type FileIndex, indexFiles } from './match-names.ts';
import type { Place } from './places/place.ts';
import { DataError, type DataForm, type Fault, type OwnCut } from './source.ts';

/** What a form finds on disk. */
export interface FoundData {
  /** A list as a file, or one that was read already. */
  list: ListFile | LabelList;
  place: Place;
  /** Rows to use; all where left out. */
  isWanted?: ((name: string) => boolean) | undefined;
  /** As in Listing. */
  boxOf?: Listing['boxOf'];
  /** What is odd about other lists. */
  notices?: Fault[];
  /** Where the pictures are not cut as `dataset.crop` has it by default. */
  ownCut?: OwnCut;
}

/** `find` reads no picture. Rejects with a DataError where something is not there, or cannot be read. */
export function onDisk(find: (dataset: DatasetConfig) => Promise<FoundData>): DataForm {
  return {
    async open(dataset, part) {
      const resolved = resolveDataset(dataset);
      const found = await find(resolved);
      const { listing, unusable } = listLabelled(found, resolved);
      const { imageSize, heldOut = 0 } = resolved;
      const crop = found.ownCut && resolved.crop === resolveDataset({ source: 'celeba', imageSize }).crop ? undefined : resolved.crop;
      const source = createPictureSource(choosePart(listing, { share: heldOut, part }), { imageSize, crop });
      return { ...source, unusable, ...(found.ownCut && { ownCut: found.ownCut }) };
    },
  };
}

/** Throws a DataError where the list is unusable as a whole. */
function listLabelled({ list: given, place, isWanted, boxOf, notices = [] }: FoundData, dataset: DatasetConfig) {
  const { limit, maxLeftOut: tolerated = MAX_LEFT_OUT_BY_DEFAULT } = dataset;
  const index = indexFiles(place);
  const list = 'codes' in given ? given : parseFile(given, index);
  const matcher = createNameMatcher(index, list.names);
  const { rows, unusable } = chooseLabels(list, { isWanted, limit, tolerated });
  if (rows.attributes.length === 0) {
    const why = [...unusable].slice(0, 3).map(([column, reason]) => `${column}: ${reason}`);
    throw new DataError(`${list.file}: expected a column of labels, found none; ${why.join('; ')}`);
  }
  const listing = listPictures({ rows, place, matcher, isWanted, limit, boxOf });
  const all = [...notices, ...list.notices, ...matcher.describe(list.file), ...listing.notices];
  return { listing: { ...listing, notices: all }, unusable };
}

function parseFile({ name, bytes, notices }: ListFile, index: FileIndex): LabelList {
  const parsed = parseLabelList(bytes, name, (names) => names.map(createNameMatcher(index, names).peek));
  return { ...parsed, notices: [...notices, ...parsed.notices] };
}
