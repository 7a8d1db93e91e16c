// Room: model/data/packing. Says how much room packing needs before it starts, and what a full disk means when it fills up.

import { statfsSync } from 'node:fs';
import { formatBytes } from '../../../experiment/units.ts';
import { UserError } from '../../../experiment/user-error.ts';
import { describeSystemError } from '../../../results/errors.ts';

/** Throws a UserError where the file system of `folder` has less than `bytes` free. */
export function checkFreeSpace(folder: string, bytes: number): void {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const isUnknown = blocks === 0; // some network file systems do not tell
  if (isUnknown || bavail * bsize >= bytes) return;
  throw new UserError(
    `${folder}: packing needs ${formatBytes(bytes)}, ${formatBytes(bavail * bsize)} are free; free some, or set FACET_CACHE to a folder with more room`,
    { cause: Object.assign(new Error('Too little space is left'), { code: 'ENOSPC' }) },
  );
}

/** A UserError for what a full or limited disk raises, any other error as it is. */
export function explainWriteError(error: unknown, { folder, bytes }: { folder: string; bytes: number }): unknown {
  if (!MENDED_BY_ROOM.has((error as NodeJS.ErrnoException).code ?? '')) return error;
  return new UserError(
    `${folder}: ${describeSystemError(error)} while packing, which needs ${formatBytes(bytes)}; free some, or set FACET_CACHE to a folder with more room`,
    { cause: error },
  );
}

/** Errors that a folder on another disk, or with more room, would mend. */
const MENDED_BY_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);
