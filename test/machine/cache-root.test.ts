import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { defaultCacheRoot } from '../../src/machine/cache-root.ts';

it.each([
  [{ FACET_CACHE: '/big/disk', XDG_CACHE_HOME: '/xdg' }, '/big/disk'],
  [{ FACET_CACHE: 'here', XDG_CACHE_HOME: '/xdg' }, resolve('here')],
  [{ XDG_CACHE_HOME: '/xdg' }, join('/xdg', 'facet')],
  [{ FACET_CACHE: '', XDG_CACHE_HOME: 'not/absolute' }, join(homedir(), '.cache', 'facet')],
  [{}, join(homedir(), '.cache', 'facet')],
])('with %j, packed data is kept in %s', (env, folder) => {
  expect(defaultCacheRoot(env)).toBe(folder);
});
