// Paths in files that are shared between machines: ~ and ${VARIABLE}, and relative ones from where they are.

import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { findHome } from './cache-root.ts';

/**
 * ~ at the beginning is the home folder; ${NAME}, $NAME and ${NAME:-default} are variables of the environment. A path that is there as it
 * is written stays. Throws a UserError for a variable that is not set, for the home of another user, and where there is no home.
 */
export function expandPath(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  if (!/^~|\$/.test(text) || existsSync(text)) return text;
  const variable = /\$(?:\{([A-Za-z_]\w*)(?::-([^}]*))?\}|([A-Za-z_]\w*))/g;
  return expandHome(text).replace(variable, (_, braced, otherwise, bare) => {
    const name = braced ?? bare;
    const value = environment[name] || otherwise;
    if (value !== undefined && value !== '') return value;
    throw new UserError(
      `expected a path, got ${quote(text)}, and the variable ${name} is not set; set it, or write \${${name}:-a/default}`,
    );
  });
}

function expandHome(text: string): string {
  if (!text.startsWith('~')) return text;
  if (text !== '~' && !text.startsWith('~/'))
    throw new UserError(`expected a path, got ${quote(text)}: only ~ alone stands for a folder, your own home; write the other one out`);
  const home = findHome();
  if (home === null)
    throw new UserError(`expected a path, got ${quote(text)}, and there is no home folder: set HOME, or write the path out`);
  return join(home, text.slice(1));
}

/**
 * Where a path leads: from the working directory if something is there, else from the first of the other folders in which something is.
 * As it was where nothing is anywhere.
 */
export function locatePath(path: string, otherFolders: readonly string[]): string {
  if (isAbsolute(path) || existsSync(path)) return path;
  return otherFolders.map((folder) => resolve(folder, path)).find((place) => existsSync(place)) ?? path;
}
