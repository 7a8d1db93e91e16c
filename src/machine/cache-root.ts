// Where packed data sets are kept, for every checkout of one user.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** $FACET_CACHE, else $XDG_CACHE_HOME/facet, else ~/.cache/facet. */
export function defaultCacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.FACET_CACHE) return resolve(env.FACET_CACHE);
  // The XDG specification says that a relative path is to be ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'facet');
  return join(homedir(), '.cache', 'facet');
}
