// CelebA as people have it on disk: official text files or Kaggle's CSVs, flat or in Anno, Eval and Img; and CelebAMask-HQ.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { parseBoxes } from './celeba-boxes.ts';
import { type Partition, parsePartition } from './celeba-partition.ts';
import { readListFile, requireRoot } from './files.ts';
import type { FoundData } from './label-source.ts';
import type { Listing } from './listing.ts';
import { findParquet } from './parquet-source.ts';
import { type FoundPlace, findNamedPlace, findPlace, openPlace } from './places/open-place.ts';
import { findParquetFiles } from './places/parquet-place.ts';
import { DataError } from './source.ts';

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

/** Rejects with a DataError where the files are not there. */
export async function findCeleba(dataset: DatasetConfig): Promise<FoundData> {
  const root = requireRoot(dataset);
  const pictures = findPictures(root, dataset);
  if (pictures.kind === 'parquet') return findParquet(dataset, pictures.path);
  const name = basename(pictures.path);
  const list = readListFile(findAttributeList(root, dataset.labels));
  const partition = dataset.partition === 'all' ? undefined : readPartition(root, dataset.partition!, HQ.test(name));
  const place = await openPlace(pictures);
  const isWild = IN_THE_WILD.test(name);
  return {
    list,
    place,
    isWanted: partition && ((picture) => partition.of(picture) === PARTITIONS[dataset.partition as keyof typeof PARTITIONS]),
    notices: partition?.notices ?? [],
    boxOf: isWild ? readBoxes(root) : undefined,
    ...(isWild ? { ownCut: 'around the face' } : HQ.test(name) && { ownCut: 'whole' }),
  };
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
    `${root}: expected list_attr_celeba.txt (or .csv, as Kaggle has it) here or in Anno/, found neither${suggestFolder(root, ATTRIBUTE_LISTS) || '; put it there, or name it with dataset.labels'}`,
  );
}

function findList(root: string, names: readonly string[]): string | undefined {
  const inRoot = nameIn(root);
  for (const folder of LIST_FOLDERS.map((folder) => join(root, inRoot(folder)))) {
    const inFolder = folder === root ? inRoot : nameIn(folder);
    const found = names.map((name) => join(folder, inFolder(name))).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name as it is written in a folder, where that differs in capital letters at most; itself where there is none. */
function nameIn(folder: string): (name: string) => string {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  const exact = new Set(names);
  const written = new Map(names.map((name) => [name.toLowerCase(), name]));
  return (name) => (exact.has(name) ? name : (written.get(name.toLowerCase()) ?? name));
}

/** `; data/archive has it: …` where a folder in root is meant. */
function suggestFolder(root: string, names: readonly string[]): string {
  const within = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  const found = within.map(({ name }) => join(root, name)).find((folder) => findList(folder, names) !== undefined);
  return found === undefined ? '' : `; ${found} has it: set dataset.root to that folder`;
}

function findPictures(root: string, dataset: DatasetConfig): FoundPlace {
  const named = findNamedPlace(root, dataset);
  if (named !== undefined) return named;
  const inRoot = nameIn(root);
  const folders = [root, join(root, inRoot('Img'))].map((path) => ({ path, inFolder: path === root ? inRoot : nameIn(path) }));
  for (const place of PICTURE_PLACES) {
    const [first, ...rest] = place.split('/');
    for (const { path, inFolder } of folders) {
      const found = findPlace(join(path, inFolder(first!), ...rest));
      if (found !== undefined && (found.kind !== 'folder' || holdsFiles(found.path))) return found;
    }
  }
  if (findParquetFiles(root).length > 0) return { kind: 'parquet', path: root };
  findAttributeList(root, dataset.labels); // told first where it is missing, too
  throw new DataError(
    `${root}: expected pictures in img_align_celeba/ or Img/img_align_celeba/, found none; put them there, unpacked or as img_align_celeba.zip, or name their place with dataset.images`,
  );
}

const holdsFiles = (folder: string): boolean =>
  readdirSync(folder, { withFileTypes: true }).some((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));

function readPartition(root: string, partition: keyof typeof PARTITIONS, isHq: boolean): Partition {
  const file = findList(root, PARTITION_LISTS);
  if (!file) {
    if (isHq)
      throw new DataError(
        `dataset.partition: expected all, since CelebAMask-HQ has no list of ${partition} pictures; set dataset.partition: all, and dataset.heldOut: 0.1 for pictures that only judge`,
      );
    throw new DataError(
      `${root}: expected list_eval_partition.txt (or .csv) here or in Eval/, to know the ${partition} pictures; put it there, or set dataset.partition: all`,
    );
  }
  return parsePartition(readListFile(file).bytes, basename(file));
}
