// CelebA as people have it on disk: official text files or Kaggle's CSVs, flat or in Anno, Eval and Img.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CELEBA_ATTRIBUTES } from '../../../experiment/celeba-attributes.ts';
import { resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { parseAttributeList, parsePartitionList } from './celeba-lists.ts';
import { readListFile, requireRoot } from './files.ts';
import { choosePart } from './held-out.ts';
import { type Listing, listPictures } from './listing.ts';
import { DataError, type DataForm, type Fault, type Part, type Source } from './source.ts';

const PARTITIONS = { train: 0, valid: 1, test: 2 } as const;
const LIST_FOLDERS = ['', 'Anno', 'Eval'];
const PICTURE_FOLDERS = ['', 'Img'].flatMap((folder) =>
  ['img_align_celeba/img_align_celeba', 'img_align_celeba'].map((name) => join(folder, name)),
);

export const celebaForm: DataForm = { open: createCelebaSource, readAttributes: () => CELEBA_ATTRIBUTES };

/** Throws a DataError where the files are not there or the lists are unusable as a whole. */
export function createCelebaSource(dataset: DatasetConfig, part: Part = 'training'): Source {
  const root = requireRoot(dataset);
  const { imageSize, crop, partition, limit } = resolveDataset(dataset);
  return createPictureSource(choosePart(listCeleba(root, partition!, limit), { share: dataset.heldOut ?? 0, part }), { imageSize, crop });
}

function listCeleba(root: string, partition: NonNullable<DatasetConfig['partition']>, limit: number | undefined): Listing {
  const attributeFile = findList(root, 'list_attr_celeba');
  if (!attributeFile) {
    throw new DataError(`${root}: expected list_attr_celeba.txt (or .csv, as Kaggle has it) here or in Anno/, found neither; put it there`);
  }
  const inPartition = partition === 'all' ? undefined : readPartition(root, partition);
  const { folder, pictures } = findPictures(root);
  const { notices, ...rows } = parseAttributeList(readListFile(attributeFile), basename(attributeFile));
  const present = new Set(pictures);
  const listing = listPictures({
    rows,
    folder,
    pictures,
    find: (name) => (present.has(name) ? name : undefined),
    isWanted: inPartition?.isWanted,
    limit,
  });
  return { ...listing, notices: [...notices, ...(inPartition?.notices ?? []), ...listing.notices] };
}

function findList(root: string, name: string): string | undefined {
  return LIST_FOLDERS.flatMap((folder) => ['.txt', '.csv'].map((ending) => join(root, folder, name + ending))).find((path) =>
    existsSync(path),
  );
}

function findPictures(root: string): { folder: string; pictures: string[] } {
  for (const name of PICTURE_FOLDERS) {
    const folder = join(root, name);
    if (!existsSync(folder)) continue;
    const pictures = readdirSync(folder).filter((file) => /^[^.].*\.(jpe?g|png)$/i.test(file));
    if (pictures.length > 0) return { folder, pictures: pictures.sort() };
  }
  throw new DataError(
    `${root}: expected pictures in img_align_celeba/ or Img/img_align_celeba/, found none; unpack img_align_celeba.zip there`,
  );
}

function readPartition(root: string, partition: keyof typeof PARTITIONS): { isWanted: (name: string) => boolean; notices: Fault[] } {
  const file = findList(root, 'list_eval_partition');
  if (!file) {
    throw new DataError(
      `${root}: expected list_eval_partition.txt (or .csv) here or in Eval/, to know the ${partition} pictures; put it there, or set dataset.partition: all`,
    );
  }
  const { partitionOf, notices } = parsePartitionList(readListFile(file), basename(file));
  return { isWanted: (name) => partitionOf.get(name) === PARTITIONS[partition], notices };
}
