// The program that trains one run, checked before anything starts.

import { accessSync, constants, statSync } from 'node:fs';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';
import { codeOf, describeUnreadable } from '../results/errors.ts';

/**
 * The program that FACET_TRAINER names, a JavaScript file for this Node or an executable; else Facet's own. docs/trainers.md says what
 * such a program has to do. Throws a UserError where there is no such file.
 */
export function findTrainer(own: string, asked: string | undefined = process.env.FACET_TRAINER): string {
  if (!asked) return own;
  const isScript = /\.[cm]?js$/.test(asked);
  const expected = `FACET_TRAINER: expected ${isScript ? 'a JavaScript file' : 'a program'}, got ${quote(asked)}`;
  try {
    if (!statSync(asked).isFile()) throw new UserError(`${expected}, which is no file`);
    accessSync(asked, isScript ? constants.R_OK : constants.X_OK);
    return asked;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = codeOf(error) === 'EACCES' && !isScript ? 'is not executable (chmod +x)' : describeUnreadable(error);
    throw new UserError(`${expected}, which ${why}`, { cause: error });
  }
}
