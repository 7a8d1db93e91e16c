// Room: cli. The program that trains one run, checked before anything starts.

import { accessSync, constants, statSync } from 'node:fs';
import { UserError } from '../experiment/user-error.ts';
import { quote } from '../experiment/yaml/quote.ts';

/**
 * What a run is trained by: `<trainer> <run folder>`. FACET_TRAINER puts another program in its place, a JavaScript file
 * for this Node or an executable, for tests and for trainers of one's own. It reads run.json, appends to metrics.jsonl
 * (after cutting off what lies past the checkpoint that it goes on from) and writes outcome.json last, by rename; the
 * records are those of results/records.ts. On a StopMessage over the channel, on SIGTERM, and after the epoch that
 * run.json gives as pauseAfterEpoch, it saves and exits with 75 (STOPPED_EXIT_CODE) and no outcome.
 * Throws a UserError where that is no such file.
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
