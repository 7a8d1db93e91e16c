// A source of pictures and labels in parquet files: of CelebA's mirrors, in parts by the names of the files, and of other data.

import { basename } from 'node:path';
import { MAX_LEFT_OUT_BY_DEFAULT, resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { createPictureSource } from '../pictures/picture-source.ts';
import { choosePart } from './held-out.ts';
import { listLabelled } from './label-source.ts';
import { findParquetFiles, openParquet, readParquetColumns } from './places/parquet-place.ts';
import { DataError, type KnownLabels, type Part, type Source } from './source.ts';

const PARTITIONS = { train: /^train/i, valid: /^val/i, test: /^test/i };

/** `path`: a parquet file, or a folder of some. Rejects with a DataError where they are not whole or lack the partition. */
export async function openParquetSource(dataset: DatasetConfig, part: Part, path: string): Promise<Source> {
  const { imageSize, crop, heldOut = 0, limit, partition } = resolveDataset(dataset);
  const { place, list } = await openParquet(path, chooseFiles(path, partition));
  const listing = listLabelled({ place, list, limit, tolerated: dataset.maxLeftOut ?? MAX_LEFT_OUT_BY_DEFAULT });
  return createPictureSource(choosePart(listing, { share: heldOut, part }), { imageSize, crop });
}

/** From the schema alone: that a column's cells are no labels shows only when they are read. */
export function knowParquetLabels(path: string): KnownLabels {
  return { names: readParquetColumns(chooseFiles(path, undefined)), unusable: new Map() };
}

function chooseFiles(path: string, partition: DatasetConfig['partition']): string[] {
  const files = findParquetFiles(path);
  if (partition === undefined || partition === 'all') return files;
  const chosen = files.filter((file) => PARTITIONS[partition].test(basename(file)));
  if (chosen.length > 0) return chosen;
  throw new DataError(
    `${path}: expected parquet files that are called ${partition}…, to know the ${partition} pictures, found ${basename(files[0]!)}; set dataset.partition: all`,
  );
}
