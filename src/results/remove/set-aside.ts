// Moves what is to be deleted into .trash by one rename, so that nothing is ever seen half deleted, and deletes it there.

import { realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { writing } from '../errors.ts';
import { makeFolders } from '../files/make-folders.ts';
import { trashFolder } from '../paths.ts';

/** `owner`: the folder whose .trash takes it, on the same disk. Does nothing where there is no such folder any more. */
export function deleteFolder(folder: string, owner: string): void {
  requirePlainTrash(owner);
  const place = join(trashFolder(owner), `${basename(folder)}.${new Date().toISOString().replaceAll(':', '')}`);
  try {
    renameSync(folder, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    writing(folder, () => {
      throw error;
    });
  }
  removeTree(place);
}

export function removeTree(path: string): void {
  writing(path, () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
}

/** A link would carry the folder out of the results. */
export function requirePlainTrash(owner: string): void {
  const trash = trashFolder(owner);
  writing(trash, () => makeFolders(trash));
  if (realpathSync(trash) === join(realpathSync(owner), basename(trash))) return;
  throw new UserError(`${trash}: expected a plain folder, found a link; remove it`);
}
