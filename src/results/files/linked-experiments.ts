// Links in a results folder. No command follows one in the place of an experiment: each says so.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { experimentFolder } from '../paths.ts';

export const LINK_NOT_FOLLOWED = 'a link, which is not followed; to keep results on another disk, let the results folder itself be a link';

/** Names of the links that lie where experiments lie; hidden ones are no results. */
export function listLinks(resultsRoot: string): string[] {
  try {
    return readdirSync(resultsRoot, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

/** One line where this name, or this path, is that of a link in the results folder; null otherwise. */
export function describeLink(resultsRoot: string, name: string): string | null {
  const linked = listLinks(resultsRoot).find((each) => each === name || join(resultsRoot, each) === join(name));
  return linked === undefined ? null : `${join(resultsRoot, linked)} is ${LINK_NOT_FOLLOWED}`;
}

/** Throws a UserError where a link lies in the place of the experiment's folder: the other commands would not see its runs. */
export function requireNoLink(resultsRoot: string, experiment: string): void {
  const folder = experimentFolder(resultsRoot, experiment);
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new UserError(`${folder} is ${LINK_NOT_FOLLOWED}`);
}
