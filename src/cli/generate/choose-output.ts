// Where generated pictures go, by --out.

import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { describeSystemError } from '../../results/errors.ts';
import type { FaceOutput } from '../../results/generation.ts';

/**
 * One PNG, or a folder for single files where the path ends in / or is one; made where it is missing. Nothing: a new file in the folder
 * that the command was started in. Throws a UserError where nothing can be written there.
 */
export function chooseOutput(out: string | undefined): FaceOutput {
  if (out === undefined) {
    requireFolder('.', 'here');
    return { kind: 'free', path: '' };
  }
  if (/[/\\]$/.test(out) || isFolder(out)) {
    if (!isFolder(out)) makeFolder(out);
    requireFolder(out, out);
    return { kind: 'folder', path: out };
  }
  if (!/\.png$/i.test(out)) throw new UserError(`--out: expected a file that ends in .png, or a folder that ends in /, got ${quote(out)}`);
  requireFolder(dirname(out), out);
  return { kind: 'file', path: out };
}

function requireFolder(folder: string, out: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat)
    throw new UserError(`--out: expected a file or folder in a folder that exists, got ${quote(out)}: there is no ${quote(folder)}`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UserError(`--out: nothing can be written to ${quote(folder)}: ${describeSystemError(error)}`, { cause: error });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    throw new UserError(`--out: the folder ${quote(path)} cannot be made: ${describeSystemError(error)}`, { cause: error });
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
