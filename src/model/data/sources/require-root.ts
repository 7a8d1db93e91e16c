// Room: model/data/sources. The folder of a data set that lies on disk.

import { statSync } from 'node:fs';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { DataError } from '../data-error.ts';

/** Throws a UserError where the folder is not named or not there. */
export function requireRoot({ source, root }: DatasetConfig): string {
  if (root === undefined) throw new DataError(`dataset.root: expected the folder of the ${source} pictures, found nothing; add it`);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DataError(
      `dataset.root: expected a folder, found no folder at ${root}; correct the path (it is relative to the working directory)`,
    );
  }
  return root;
}
