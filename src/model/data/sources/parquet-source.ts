// A source of pictures and labels in parquet files: of CelebA's mirrors, in parts by the names of the files, and of other data.

import { basename } from 'node:path';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import type { FoundData } from './label-source.ts';
import { findParquetFiles, openParquet } from './places/parquet-place.ts';
import { DataError } from './source.ts';

const PARTITIONS = { train: /^train/i, valid: /^val/i, test: /^test/i };

/** `path`: a parquet file, or a folder of some. Rejects with a DataError where they are not whole or lack the partition. */
export async function findParquet({ partition }: DatasetConfig, path: string): Promise<FoundData> {
  return openParquet(path, chooseFiles(path, partition));
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
