// Where packed data sets are kept, for every checkout of one user.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../experiment/user-error.ts';

/** As defaultCacheRoot; null where there is no home folder to put it in. */
export function findCacheRoot(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.FACET_CACHE) return resolve(env.FACET_CACHE);
  // The XDG specification says that a relative path is to be ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'facet');
  const home = findHome();
  return home === null ? null : join(home, '.cache', 'facet');
}

/** $FACET_CACHE, else $XDG_CACHE_HOME/facet, else ~/.cache/facet. Throws a UserError where there is no home folder to put it in. */
export function defaultCacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const found = findCacheRoot(env);
  if (found !== null) return found;
  throw new UserError(
    'Facet knows no folder for packed data: HOME is not set, and this user has no home folder. Set FACET_CACHE to a folder that can be written to',
  );
}

/** The folder of a packed data set: the same for every checkout and process of a user. */
export const packedFolder = (cacheRoot: string, source: string, identity: string): string =>
  join(cacheRoot, 'data', `${source}-${identity}`);

/** Beside the packed folder: the same names and sizes with other pixels, packed before; for runs that began with them. */
export const formerFolderOf = (folder: string, pixelsSha256: string): string => `${folder}.${pixelsSha256.slice(0, 12)}`;

/** null for a user without HOME and without an entry in /etc/passwd, as containers have them. */
export function findHome(): string | null {
  try {
    return homedir() || null;
  } catch {
    return null;
  }
}
