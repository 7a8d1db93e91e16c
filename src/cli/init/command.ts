// facet init [FOLDER]: a first experiment file, the schema for editors, and what git ignores. Nothing is overwritten.

import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { quoteForShell } from '../../machine/installation.ts';
import { describeCommand } from '../../results/commands.ts';
import { describeFolderFault, describeSystemError, isSystemError, WriteFailure } from '../../results/errors.ts';
import { makeFolders } from '../../results/files/make-folders.ts';
import { writeNewFile } from '../../results/files/write.ts';
import { EXIT } from '../exit-codes.ts';
import { EXPERIMENT_NAME, FIRST_FILES, IGNORE_NAME, IGNORED } from './first-files.ts';

/** `folder`: made where it is missing. */
export function initCommand({ folder }: { folder: string }): number {
  makeFolder(folder);
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, format] of FIRST_FILES) {
    const isThere = lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
    if (!isThere) write(join(folder, name), format());
    (isThere ? kept : written).push(name);
  }
  const lines = [
    ...(written.length > 0 ? [`Wrote ${written.join(', ')}`] : []),
    ...(kept.length > 0 ? [`Kept as they are: ${kept.join(', ')}`] : []),
    ...(kept.includes(IGNORE_NAME) ? adviseOnIgnored(join(folder, IGNORE_NAME)) : []),
    `Next: ${describeNext(folder)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

function describeNext(folder: string): string {
  const command = describeCommand(['run', EXPERIMENT_NAME], resolve(folder));
  const way = relative('.', folder);
  return way === '' ? command : `cd ${quoteForShell(way.startsWith('..') ? resolve(folder) : way)} && ${command}`;
}

function makeFolder(folder: string): void {
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
      throw new UserError(`expected a folder, or a name for a new one, got ${quote(folder)}, which is a file`);
    }
    makeFolders(resolve(folder));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UserError(`the folder ${quote(folder)} cannot be made: ${describeFolderFault(error)}`, { cause: error });
  }
}

function write(path: string, text: string): void {
  try {
    writeNewFile(path, text);
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    throw new UserError(`${path}: could not be written: ${describeSystemError(error.cause)}`, { cause: error });
  }
}

/** In a folder that has a .gitignore of its own. */
function adviseOnIgnored(path: string): string[] {
  const lines = readLines(path);
  const missing = IGNORED.filter((wanted) => !lines.some((line) => line.replace(/^\/|\/?\*?$/g, '') === wanted.slice(0, -1)));
  return missing.length === 0 ? [] : [`Add to ${IGNORE_NAME}: ${missing.join(', ')}`];
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return []; // a link that leads nowhere, or a folder
  }
}
