// A path in an experiment file -> the place of the pictures.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatasetConfig } from '../../../../experiment/schema/schema.ts';
import { DataError } from '../source.ts';
import { openFolder } from './folder-place.ts';
import { findParquetFiles } from './parquet-place.ts';
import type { Place } from './place.ts';
import { openZip } from './zip-place.ts';

/** A place as it was found, before anything in it is looked at. */
export type FoundPlace = { kind: 'folder' | 'zip' | 'parquet'; path: string };

/** `dataset.images`, where it names a place; relative to root. Undefined where it is left out. Throws a DataError where nothing is there. */
export function findNamedPlace(root: string, { images }: Pick<DatasetConfig, 'images'>): FoundPlace | undefined {
  if (typeof images !== 'string') return undefined;
  const found = findPlace(resolve(root, images));
  if (found?.kind === 'folder' && findParquetFiles(found.path).length > 0) return { ...found, kind: 'parquet' };
  if (found !== undefined) return found;
  if (statSync(resolve(root, images), { throwIfNoEntry: false })?.isFile())
    throw new DataError(
      `dataset.images: expected a folder, a zip archive or a parquet file, found ${resolve(root, images)}, which is none of these; unpack it, and name its folder`,
    );
  throw new DataError(
    `dataset.images: expected a folder, a zip archive or a parquet file at ${resolve(root, images)}, found none; correct the path (it is relative to dataset.root)`,
  );
}

/** What a file is, its first bytes say. */
export function findPlace(path: string): FoundPlace | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return { kind: 'folder', path };
  if (!stat?.isFile()) return undefined;
  const head = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, head, 0, 4, 0);
  closeSync(file);
  if (head.toString('latin1') === 'PAR1') return { kind: 'parquet', path };
  return head.toString('latin1', 0, 2) === 'PK' ? { kind: 'zip', path } : undefined;
}

/** The files of a folder or an archive. Rejects with a DataError where the archive is not whole. */
export async function openPlace({ kind, path }: FoundPlace): Promise<Place> {
  return kind === 'zip' ? openZip(path) : openFolder(path);
}
