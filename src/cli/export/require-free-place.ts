// Where an export may go: nothing of a person's is ever replaced by it.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { EXPORT_FILE } from '../../results/export/export-experiment.ts';

/** A new folder or an empty one, with `overwrite` also an export; outside the results. Throws a UserError. */
export function requireFreePlace(out: string, { results, overwrite }: { results: string; overwrite: boolean }): void {
  const fail = (why: string): never => {
    throw new UserError(`--out: expected a new folder, got ${quote(out)}${why}`);
  };
  const inside = relative(resolve(results), resolve(out));
  if (inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`) && !inside.startsWith(sep))) fail(', which lies in the results');
  const stat = statSync(out, { throwIfNoEntry: false });
  if (!stat) {
    if (!statSync(dirname(resolve(out)), { throwIfNoEntry: false })?.isDirectory()) fail(' in a folder that does not exist');
    return;
  }
  if (!stat.isDirectory()) fail(', which is a file');
  const isExport = existsSync(join(out, EXPORT_FILE));
  if (readdirSync(out).length === 0 || (isExport && overwrite)) return;
  fail(isExport ? ', which holds an export: add --overwrite to replace it' : ', which is there and holds other files');
}
