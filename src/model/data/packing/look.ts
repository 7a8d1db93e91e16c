// A look at what is packed of a data set: packs nothing and writes nothing.

import { createHash } from 'node:crypto';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { packedFolder } from '../../../machine/cache-root.ts';
import { openSource } from '../sources/index.ts';
import { assessPack, readContents } from './freshness.ts';
import { type LeftOut, listLeftOut } from './left-out.ts';
import { openPacked, type PackedDataset } from './packed.ts';

export interface Look {
  /** Open. */
  packed: PackedDataset;
  leftOut: LeftOut;
  /** SHA-256 of what the files hold today, as in the manifest; null where the pictures are no files. */
  filesSha256: string | null;
  /** Whether that is what was packed. */
  isCurrent: boolean;
}

/**
 * null where nothing usable is packed. Reads those files whose stamps are others than when they were packed. Rejects with a UserError where
 * the data set is not there or its lists are unusable.
 */
export async function lookAtPack(dataset: DatasetConfig, { cacheRoot }: { cacheRoot: string }): Promise<Look | null> {
  const source = await openSource(dataset);
  const folder = packedFolder(cacheRoot, dataset.source, source.identity);
  const packed = tryOpen(folder);
  if (packed === null) return null;
  const { manifest } = packed;
  const state = assessPack(folder, manifest, source);
  if (state === 'outdated') {
    packed.close();
    return null;
  }
  const leftOut = listLeftOut(folder, manifest, source, { writes: false });
  if (state === 'fresh') return { packed, leftOut, filesSha256: manifest.filesSha256 ?? null, isCurrent: true };
  const { contents, changed } = await readContents(folder, source.files!, {});
  return { packed, leftOut, filesSha256: createHash('sha256').update(contents).digest('hex'), isCurrent: changed === 0 };
}

function tryOpen(folder: string): PackedDataset | null {
  try {
    return openPacked(folder);
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
