// CelebA as people have it on disk: official text files or Kaggle's CSVs, flat or in Anno, Eval and Img; and CelebAMask-HQ.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MAX_LEFT_OUT_BY_DEFAULT, resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { parseBoxes } from './celeba-boxes.ts';
import { type Partition, parsePartition } from './celeba-partition.ts';
import { readListFile, requireRoot } from './files.ts';
import { choosePart } from './held-out.ts';
import { knowLabels, listLabelled } from './label-source.ts';
import type { Listing } from './listing.ts';
import { knowParquetLabels, openParquetSource } from './parquet-source.ts';
import { type FoundPlace, findNamedPlace, findPlace, glanceAt, openPlace } from './places/open-place.ts';
import { findParquetFiles } from './places/parquet-place.ts';
import type { Place } from './places/place.ts';
import { DataError, type DataForm, type KnownLabels, type Part, type Source } from './source.ts';

const PARTITIONS = { train: 0, valid: 1, test: 2 } as const;
const LIST_FOLDERS = ['', 'Anno', 'Eval'];
const ATTRIBUTE_LISTS = ['list_attr_celeba.txt', 'list_attr_celeba.csv', 'CelebAMask-HQ-attribute-anno.txt'];
const PARTITION_LISTS = ['list_eval_partition.txt', 'list_eval_partition.csv'];
/** The aligned pictures first, then those that are cut around the face's box. */
const PICTURE_PLACES = [
  'img_align_celeba/img_align_celeba',
  'img_align_celeba',
  'img_align_celeba_png/img_align_celeba_png',
  'img_align_celeba_png',
  'CelebA-HQ-img',
  'img_align_celeba.zip',
  'img_align_celeba_png.zip',
  'CelebA-HQ-img.zip',
  'img_celeba/img_celeba',
  'img_celeba',
  'img_celeba.zip',
];
const BOX_LISTS = ['list_bbox_celeba.txt', 'list_bbox_celeba.csv'];
/** In the names of places: pictures as they were found, and those of CelebA-HQ, which are cut to the face already. */
const IN_THE_WILD = /^img_celeba(\.zip)?$/i;
const HQ = /celeba(mask)?-?_?hq/i;

export const celebaForm: DataForm = {
  async open(dataset, part) {
    const found = findPictures(dataset);
    return found.kind === 'parquet'
      ? openParquetSource(dataset, part, found.path)
      : createCelebaSource(dataset, part, await openPlace(found));
  },
  readLabels: readCelebaLabels,
};

/** Throws a DataError where the files are not there or the lists are unusable as a whole. */
export function createCelebaSource(
  dataset: DatasetConfig,
  part: Part = 'training',
  place: Place = glanceAt(findPictures(dataset)),
): Source {
  const { imageSize, crop, heldOut = 0 } = resolveDataset(dataset);
  const options = open(dataset, place);
  const listing = listLabelled(options);
  const notices = [...(options.partition?.notices ?? []), ...listing.notices];
  return createPictureSource(choosePart({ ...listing, notices }, { share: heldOut, part }), {
    imageSize,
    crop: cropOf(place, crop),
  });
}

/** Throws like `createCelebaSource`. */
export function readCelebaLabels(dataset: DatasetConfig): KnownLabels {
  const found = findPictures(dataset);
  if (found.kind === 'parquet') return knowParquetLabels(found.path);
  return knowLabels(open(dataset, glanceAt(found)));
}

/** The default is for the aligned pictures, which are 178 wide. */
function cropOf({ path }: Place, crop: number | undefined): number | undefined {
  const isWhole = IN_THE_WILD.test(basename(path)) || HQ.test(basename(path));
  return isWhole && crop === resolveDataset({ source: 'celeba', imageSize: 64 }).crop ? undefined : crop;
}

function open(dataset: DatasetConfig, place: Place) {
  const root = requireRoot(dataset);
  const { partition: wanted, limit, maxLeftOut = MAX_LEFT_OUT_BY_DEFAULT } = resolveDataset(dataset);
  const attributeFile = findAttributeList(root, dataset.labels);
  const partition = wanted === 'all' ? undefined : readPartition(root, wanted!);
  const isWanted = partition && ((name: string) => partition.of(name) === PARTITIONS[wanted as keyof typeof PARTITIONS]);
  const boxOf = IN_THE_WILD.test(basename(place.path)) ? readBoxes(root) : undefined;
  return { list: readListFile(attributeFile), place, partition, isWanted, limit, boxOf, tolerated: maxLeftOut };
}

function readBoxes(root: string): Listing['boxOf'] {
  const file = findList(root, BOX_LISTS);
  if (file !== undefined) return parseBoxes(readListFile(file).bytes);
  throw new DataError(
    `${root}: expected list_bbox_celeba.txt (or .csv) here or in Anno/, to cut the faces out of the pictures in img_celeba; put it there, or use the aligned pictures`,
  );
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

function findPictures(dataset: DatasetConfig): FoundPlace {
  const root = requireRoot(dataset);
  const named = findNamedPlace(root, dataset);
  if (named !== undefined) return named;
  for (const name of PICTURE_PLACES.flatMap((place) => [place, join('Img', place)])) {
    const found = findPlace(join(root, name));
    if (found !== undefined && (found.kind !== 'folder' || holdsFiles(found.path))) return found;
  }
  if (findParquetFiles(root).length > 0) return { kind: 'parquet', path: root };
  findAttributeList(root, dataset.labels); // told first where it is missing, too
  throw new DataError(
    `${root}: expected pictures in img_align_celeba/ or Img/img_align_celeba/, found none; put them there, unpacked or as img_align_celeba.zip, or name their place with dataset.images`,
  );
}

const holdsFiles = (folder: string): boolean =>
  readdirSync(folder, { withFileTypes: true }).some((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));

function readPartition(root: string, partition: keyof typeof PARTITIONS): Partition {
  const file = findList(root, PARTITION_LISTS);
  if (!file) {
    throw new DataError(
      `${root}: expected list_eval_partition.txt (or .csv) here or in Eval/, to know the ${partition} pictures; put it there, or set dataset.partition: all`,
    );
  }
  return parsePartition(readListFile(file).bytes, basename(file));
}
