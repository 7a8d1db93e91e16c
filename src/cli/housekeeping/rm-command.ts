// facet rm: deletes runs, experiments and what is left of them, after it has said what and asked.

import { requireNoFile } from '../../results/files/require-folder.ts';
import { chooseRemovals, type RmOptions } from './choose-removals.ts';
import { deleteAfterAsking } from './delete-after-asking.ts';

export interface RmCommandOptions extends RmOptions {
  yes: boolean;
}

/** Removes nothing unless all of it can be removed. */
export async function rmCommand({ yes, ...options }: RmCommandOptions): Promise<number> {
  requireNoFile(options.results);
  return deleteAfterAsking(chooseRemovals(options), { yes, results: options.results });
}
