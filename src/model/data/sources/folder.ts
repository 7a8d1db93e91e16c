// A folder of pictures and a list of any binary attributes.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { MAX_LEFT_OUT_BY_DEFAULT } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { PICTURE_NAME, readListFile, requireRoot } from './files.ts';
import { choosePart } from './held-out.ts';
import { knowLabels, listLabelled } from './label-source.ts';
import { looksLikeLabels } from './lists/table-form.ts';
import { knowParquetLabels, openParquetSource } from './parquet-source.ts';
import { type FoundPlace, findNamedPlace, glanceAt, openPlace } from './places/open-place.ts';
import type { Place } from './places/place.ts';
import { DataError, type DataForm, type KnownLabels, type Part, type Source } from './source.ts';

export const folderForm: DataForm = {
  async open(dataset, part) {
    const found = findPictures(dataset);
    return found.kind === 'parquet'
      ? openParquetSource(dataset, part, found.path)
      : createFolderSource(dataset, part, await openPlace(found));
  },
  readLabels: readFolderLabels,
};

/** Throws a DataError where root or the list is missing or the list is unusable as a whole. */
export function createFolderSource(
  dataset: DatasetConfig,
  part: Part = 'training',
  place: Place = glanceAt(findPictures(dataset)),
): Source {
  const { imageSize, crop, heldOut = 0 } = dataset;
  return createPictureSource(choosePart(listLabelled(open(dataset, place)), { share: heldOut, part }), { imageSize, crop });
}

/** Throws a DataError like `createFolderSource`. */
export function readFolderLabels(dataset: DatasetConfig): KnownLabels {
  const found = findPictures(dataset);
  if (found.kind === 'parquet') return knowParquetLabels(found.path);
  return knowLabels(open(dataset, glanceAt(found)));
}

function findPictures(dataset: DatasetConfig): FoundPlace {
  const root = requireRoot(dataset);
  return findNamedPlace(root, dataset) ?? { kind: 'folder', path: root };
}

function open(dataset: DatasetConfig, place: Place) {
  const root = requireRoot(dataset);
  const labels = findLabelFile(root, dataset.labels);
  const { limit, maxLeftOut = MAX_LEFT_OUT_BY_DEFAULT } = dataset;
  return { list: readListFile(resolve(root, labels), labels), place, limit, tolerated: maxLeftOut };
}

function findLabelFile(root: string, named: string | undefined): string {
  if (named !== undefined) {
    if (statSync(resolve(root, named), { throwIfNoEntry: false })?.isFile()) return named;
    throw new DataError(
      `dataset.labels: expected a list of labels at ${resolve(root, named)}, found no such file; correct the name (it is relative to dataset.root)`,
    );
  }
  const files = readdirSync(root, { withFileTypes: true }).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  const names = files.map(({ name }) => name).filter((name) => existsSync(join(root, name)));
  const called = names.filter((name) => /\.csv$/i.test(name));
  const found = called.length > 0 ? called : names.filter((name) => isLabelList(root, name));
  if (found.length === 1) return found[0]!;
  throw new DataError(
    found.length === 0
      ? `${root}: expected a list of labels (a CSV, or a text file with a header), found none; put it there, or name it with dataset.labels`
      : `${root}: expected one list of labels, found ${found.length}: ${found.sort().slice(0, 5).join(', ')}; choose with dataset.labels`,
  );
}

/** A file that is not called a picture and reads as a list of labels, whatever its ending. */
function isLabelList(root: string, name: string): boolean {
  if (PICTURE_NAME.test(name) || !LIST_ENDINGS.has(extname(name).toLowerCase())) return false;
  try {
    return looksLikeLabels(readFileSync(join(root, name)));
  } catch {
    return false;
  }
}

const LIST_ENDINGS = new Set(['', '.txt', '.tsv', '.tab', '.dat', '.data', '.list', '.lst', '.ssv', '.psv']);
