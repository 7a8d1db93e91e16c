// CelebA as people have it on disk: official text files or Kaggle's CSVs, flat or in Anno, Eval and Img; and CelebAMask-HQ.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MAX_LEFT_OUT_BY_DEFAULT, resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { type Partition, parsePartition } from './celeba-partition.ts';
import { readListFile, requireRoot } from './files.ts';
import { choosePart } from './held-out.ts';
import { knowLabels, listLabelled } from './label-source.ts';
import type { Listing } from './listing.ts';
import { openFolder } from './places/folder-place.ts';
import { DataError, type DataForm, type KnownLabels, type Part, type Source } from './source.ts';

const PARTITIONS = { train: 0, valid: 1, test: 2 } as const;
const LIST_FOLDERS = ['', 'Anno', 'Eval'];
const ATTRIBUTE_LISTS = ['list_attr_celeba.txt', 'list_attr_celeba.csv', 'CelebAMask-HQ-attribute-anno.txt'];
const PARTITION_LISTS = ['list_eval_partition.txt', 'list_eval_partition.csv'];
const PICTURE_FOLDERS = ['', 'Img'].flatMap((folder) =>
  [
    'img_align_celeba/img_align_celeba',
    'img_align_celeba',
    'img_align_celeba_png/img_align_celeba_png',
    'img_align_celeba_png',
    'CelebA-HQ-img',
  ].map((name) => join(folder, name)),
);

export const celebaForm: DataForm = { open: createCelebaSource, readLabels: readCelebaLabels };

/** Throws a DataError where the files are not there or the lists are unusable as a whole. */
export function createCelebaSource(dataset: DatasetConfig, part: Part = 'training'): Source {
  const { imageSize, crop, heldOut = 0 } = resolveDataset(dataset);
  return createPictureSource(choosePart(listCeleba(dataset), { share: heldOut, part }), { imageSize, crop });
}

/** Throws like `createCelebaSource`. */
export function readCelebaLabels(dataset: DatasetConfig): KnownLabels {
  return knowLabels(open(dataset));
}

function listCeleba(dataset: DatasetConfig): Listing {
  const options = open(dataset);
  const listing = listLabelled(options);
  return { ...listing, notices: [...(options.partition?.notices ?? []), ...listing.notices] };
}

function open(dataset: DatasetConfig) {
  const root = requireRoot(dataset);
  const { partition: wanted, limit, maxLeftOut = MAX_LEFT_OUT_BY_DEFAULT } = resolveDataset(dataset);
  const attributeFile = findAttributeList(root, dataset.labels);
  const partition = wanted === 'all' ? undefined : readPartition(root, wanted!);
  const isWanted = partition && ((name: string) => partition.of(name) === PARTITIONS[wanted as keyof typeof PARTITIONS]);
  return { list: readListFile(attributeFile), place: openFolder(findPictures(root)), partition, isWanted, limit, tolerated: maxLeftOut };
}

function findAttributeList(root: string, named: string | undefined): string {
  if (named !== undefined) {
    const path = resolve(root, named);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
    throw new DataError(
      `dataset.labels: expected a list of labels at ${path}, found no such file; correct the name (it is relative to dataset.root)`,
    );
  }
  const found = findList(root, ATTRIBUTE_LISTS);
  if (found !== undefined) return found;
  throw new DataError(
    `${root}: expected list_attr_celeba.txt (or .csv, as Kaggle has it) here or in Anno/, found neither; put it there, or name it with dataset.labels`,
  );
}

function findList(root: string, names: readonly string[]): string | undefined {
  return LIST_FOLDERS.flatMap((folder) => names.map((name) => join(root, folder, name))).find((path) => existsSync(path));
}

function findPictures(root: string): string {
  const found = PICTURE_FOLDERS.map((name) => join(root, name)).find(
    (folder) =>
      statSync(folder, { throwIfNoEntry: false })?.isDirectory() &&
      readdirSync(folder, { withFileTypes: true }).some((entry) => !entry.isDirectory() && !entry.name.startsWith('.')),
  );
  if (found !== undefined) return found;
  throw new DataError(
    `${root}: expected pictures in img_align_celeba/ or Img/img_align_celeba/, found none; unpack img_align_celeba.zip there`,
  );
}

function readPartition(root: string, partition: keyof typeof PARTITIONS): Partition {
  const file = findList(root, PARTITION_LISTS);
  if (!file) {
    throw new DataError(
      `${root}: expected list_eval_partition.txt (or .csv) here or in Eval/, to know the ${partition} pictures; put it there, or set dataset.partition: all`,
    );
  }
  return parsePartition(readListFile(file).bytes, basename(file));
}
