// facet doctor --notify [FILE]: calls the program of execution.notify once, and says what came of it.

import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { commandFor } from '../../results/commands.ts';
import { experimentFolder } from '../../results/paths.ts';
import { listExperiments } from '../../results/read.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';
import { notify } from './notify.ts';

/** `file`: absent: that of the experiment that was started last. Throws a UserError where there is none, or it names no program. */
export async function tryNotify(results: string, file: string | undefined): Promise<number> {
  const { name, execution } = await loadExperiment(file ?? findLastFile(results), []);
  if (!execution.notify) throw new UserError(`${file ?? name}: expected execution.notify: [program, argument, …], got none`);
  const message = `A try of execution.notify of ${name}: nothing has happened.`;
  const folder = resolve(experimentFolder(results, name));
  const problem = await notify(execution.notify, { format: 1, event: 'test', experiment: name, folder, host: hostname(), message });
  if (problem !== null) throw new UserError(problem);
  process.stdout.write(`${name}: the program of execution.notify was called and ended well.\n`);
  return EXIT.ok;
}

function findLastFile(results: string): string {
  const records = listExperiments(results).flatMap(({ record }) => record ?? []);
  const last = records.sort((a, b) => a.startedAt.localeCompare(b.startedAt)).at(-1);
  if (last) return last.file;
  throw new UserError(`${commandFor(results, 'doctor', '--notify')}: expected an experiment file, as ${results} holds no experiment`);
}
