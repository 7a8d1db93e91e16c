// (pure) How a command is told which run is meant.

import { basename, dirname, resolve } from 'node:path';

/** <results>/<experiment>/<id> -> arguments of a command. */
export function nameRun(folder: string): string[] {
  const experiment = dirname(resolve(folder));
  return [`${basename(experiment)}/${basename(folder)}`, '--results', dirname(experiment)];
}
