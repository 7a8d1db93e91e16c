// facet validate FILE…: every fault of every file.

import { plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';

export async function validateCommand({ files, set }: { files: string[]; set: string[] }): Promise<number> {
  let isFaulty = false;
  const fileOf = new Map<string, string>();
  for (const file of files) {
    try {
      const { name, points } = await loadExperiment(file, set);
      const other = fileOf.get(name);
      const shared =
        other === undefined ? '' : `; its name ${quote(name)} is also that of ${other}: they would share one folder of results`;
      process.stdout.write(`${file}: ok, ${plural(points.length, 'run')}${shared}\n`);
      fileOf.set(name, other ?? file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      process.stderr.write(`${error.message}\n`);
      isFaulty = true;
    }
  }
  return isFaulty ? EXIT.userError : EXIT.ok;
}
