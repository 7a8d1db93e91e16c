// facet validate FILE…: every fault of every file.

import { plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';

export async function validateCommand({ files, set }: { files: string[]; set: string[] }): Promise<number> {
  let isFaulty = false;
  for (const file of files) {
    try {
      process.stdout.write(`${file}: ok, ${plural(loadExperiment(file, set).points.length, 'run')}\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      process.stderr.write(`${error.message}\n`);
      isFaulty = true;
    }
  }
  return isFaulty ? EXIT.userError : EXIT.ok;
}
