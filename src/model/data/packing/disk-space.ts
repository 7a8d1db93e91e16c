// Room: model/data/packing. Says how much room packing needs before it starts, and what a full disk means when it fills up.

import { statfsSync } from 'node:fs';
import { UserError } from '../../../experiment/user-error.ts';

/** Throws a UserError where the file system of `folder` has less than `bytes` free. */
export function checkFreeSpace(folder: string, bytes: number): void {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const isUnknown = blocks === 0; // some network file systems do not tell
  if (isUnknown || bavail * bsize >= bytes) return;
  throw new UserError(
    `${folder}: packing needs ${inUnits(bytes)}, ${inUnits(bavail * bsize)} are free; free some, or set FACET_CACHE to a folder with more room`,
    { cause: Object.assign(new Error('Too little space is left'), { code: 'ENOSPC' }) },
  );
}

/** A UserError for what a full or limited disk raises, any other error as it is. */
export function explainWriteError(error: unknown, { folder, bytes }: { folder: string; bytes: number }): unknown {
  const reason = FULL[(error as NodeJS.ErrnoException).code ?? ''];
  if (!reason) return error;
  return new UserError(
    `${folder}: ${reason} while packing, which needs ${inUnits(bytes)}; free some, or set FACET_CACHE to a folder with more room`,
    {
      cause: error,
    },
  );
}

const FULL: Record<string, string | undefined> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'a file grew over the size that is allowed here',
  EROFS: 'the disk is read-only',
};

function inUnits(bytes: number): string {
  const [unit, name] = [[1e9, 'GB'] as const, [1e6, 'MB'] as const, [1e3, 'kB'] as const].find(([size]) => bytes >= size) ?? [1, 'bytes'];
  return `${(bytes / unit).toLocaleString('en', { maximumFractionDigits: 1 })} ${name}`;
}
