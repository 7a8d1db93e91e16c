// From a list of labels and the place of its pictures to what a source has: the steps that all forms on disk share.

import type { ListFile } from './files.ts';
import { type Listing, listPictures } from './listing.ts';
import { type ChosenLabels, chooseLabels } from './lists/choose-labels.ts';
import { type LabelList, parseLabelList } from './lists/label-list.ts';
import { createNameMatcher, type FileIndex, indexFiles, type NameMatcher } from './match-names.ts';
import type { Place } from './places/place.ts';
import { DataError, type KnownLabels } from './source.ts';

interface Options {
  /** A list as a file, or one that was read already. */
  list: ListFile | LabelList;
  place: Place;
  /** Rows to use; all where left out. */
  isWanted?: ((name: string) => boolean) | undefined;
  limit?: number | undefined;
  /** As in Listing. */
  boxOf?: Listing['boxOf'];
  /** The share of the rows that may be left out because a label says nothing. */
  tolerated: number;
}

interface LabelledPictures extends ChosenLabels {
  matcher: NameMatcher;
  list: LabelList;
}

/** Reads the list, and no picture. Throws a DataError where it is unusable as a whole. */
function readLabels({ list, place, isWanted, limit, tolerated }: Options): LabelledPictures {
  const index = indexFiles(place);
  const parsed = 'codes' in list ? list : parseFile(list, index);
  const matcher = createNameMatcher(index, parsed.names);
  const chosen = chooseLabels(parsed, { isWanted, limit, tolerated });
  if (chosen.rows.attributes.length === 0) {
    const why = [...chosen.unusable].slice(0, 3).map(([column, reason]) => `${column}: ${reason}`);
    throw new DataError(`${parsed.file}: expected a column of labels, found none; ${why.join('; ')}`);
  }
  return { ...chosen, matcher, list: parsed };
}

function parseFile({ name, bytes, notices }: ListFile, index: FileIndex): LabelList {
  const parsed = parseLabelList(bytes, name, (names) => names.map(createNameMatcher(index, names).peek));
  return { ...parsed, notices: [...notices, ...parsed.notices] };
}

/** Throws like `readLabels`. */
export function listLabelled(options: Options): Listing {
  const { rows, matcher, list } = readLabels(options);
  const listing = listPictures({ ...options, rows, matcher });
  return { ...listing, notices: [...list.notices, ...matcher.describe(list.file), ...listing.notices] };
}

/** Which labels there are, and why other columns are none. Throws like `readLabels`. */
export function knowLabels(options: Options): KnownLabels {
  const { rows, unusable } = readLabels(options);
  return { names: rows.attributes, unusable };
}
