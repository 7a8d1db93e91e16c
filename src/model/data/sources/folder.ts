// A folder of pictures and a CSV of any binary attributes.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { findPictureFiles, readListFile, requireRoot } from './files.ts';
import { parseFolderHeader, parseFolderLabels } from './folder-labels.ts';
import { choosePart } from './held-out.ts';
import { listPictures } from './listing.ts';
import { DataError, type DataForm, type Part, type Source } from './source.ts';

export const folderForm: DataForm = { open: createFolderSource, readAttributes: readFolderAttributes };

/**
 * Rows name a picture by its path below root, or by its file name alone where only one picture has it.
 * Throws a DataError where root or the CSV is missing or the CSV is unusable as a whole.
 */
export function createFolderSource(dataset: DatasetConfig, part: Part = 'training'): Source {
  const root = requireRoot(dataset);
  const labels = findLabelFile(root, dataset.labels);
  const rows = parseFolderLabels(readListFile(join(root, labels)), labels);
  const pictures = findPictureFiles(root, rows.names);
  const listing = listPictures({ rows, folder: root, pictures, find: createFinder(pictures), limit: dataset.limit });
  return createPictureSource(choosePart(listing, { share: dataset.heldOut ?? 0, part }), {
    imageSize: dataset.imageSize,
    crop: dataset.crop,
  });
}

/** The attributes that the CSV has, from its header alone. Throws a DataError like `createFolderSource`. */
export function readFolderAttributes(dataset: DatasetConfig): string[] {
  const root = requireRoot(dataset);
  const labels = findLabelFile(root, dataset.labels);
  return parseFolderHeader(readListFile(join(root, labels)), labels);
}

function findLabelFile(root: string, named: string | undefined): string {
  if (named !== undefined) {
    if (existsSync(join(root, named))) return named;
    throw new DataError(
      `dataset.labels: expected a CSV at ${join(root, named)}, found no such file; correct the name (it is relative to dataset.root)`,
    );
  }
  const found = readdirSync(root).filter((name) => /^[^.].*\.csv$/i.test(name));
  if (found.length === 1) return found[0]!;
  throw new DataError(
    found.length === 0
      ? `${root}: expected a CSV of labels, found none; put it there, or name it with dataset.labels`
      : `${root}: expected one CSV of labels, found ${found.length}: ${found.sort().slice(0, 5).join(', ')}; choose with dataset.labels`,
  );
}

function createFinder(pictures: string[]): (name: string) => string | undefined {
  const present = new Set(pictures);
  const byFileName = new Map<string, string | undefined>();
  for (const path of pictures) {
    const fileName = path.slice(path.lastIndexOf('/') + 1);
    byFileName.set(fileName, byFileName.has(fileName) ? undefined : path);
  }
  return (name) => (present.has(name) ? name : byFileName.get(name));
}
