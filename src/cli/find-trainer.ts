// The program that trains one run, checked before anything starts.

import { accessSync, constants, statSync } from 'node:fs';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';

/**
 * The program that FACET_TRAINER names, a JavaScript file for this Node or an executable; else Facet's own. docs/trainers.md says what
 * such a program has to do. Throws a UserError where there is no such file.
 */
export function findTrainer(own: string, given: string | undefined = process.env.FACET_TRAINER): string {
  if (!given) return own;
  const isScript = /\.[cm]?js$/.test(given);
  const expected = `FACET_TRAINER: expected ${isScript ? 'a JavaScript file' : 'a program'}, got ${quote(given)}`;
  try {
    if (!statSync(given).isFile()) throw new UserError(`${expected}, which is no file`);
    accessSync(given, isScript ? constants.R_OK : constants.X_OK);
    return given;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'does not exist' : code === 'EACCES' && !isScript ? 'is not executable (chmod +x)' : `cannot be read (${code})`;
    throw new UserError(`${expected}, which ${why}`, { cause: error });
  }
}
