// facet compare EXPERIMENT…: what the points of sweeps are worth, over their seeds.

import { UserError } from '../../experiment/user-error.ts';
import { comparePoints } from '../../results/compare/compare-points.ts';
import { requireField } from '../../results/compare/compared-fields.ts';
import { formatCsv } from '../../results/compare/comparison-csv.ts';
import { describeJson } from '../../results/compare/comparison-json.ts';
import { readResults } from '../../results/compare/read-results.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import { readExperiment } from '../../results/read.ts';
import { renderComparison } from '../compare/render-comparison.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { describeTally } from '../text/states.ts';

export interface CompareCommandOptions {
  experiments: string[];
  results: string;
  /** The field whose values are compared; by default all that differ but the seed. */
  by?: string;
  json: boolean;
  csv: boolean;
}

export async function compareCommand({ experiments, results, by, json, csv }: CompareCommandOptions): Promise<number> {
  requireNoFile(results);
  if (json && csv) throw new UserError('expected one of --json and --csv, got both');
  const names = [...new Set(experiments.map((experiment) => findExperiment(results, experiment).name))];
  const read = names.map((name) => readExperiment(results, name));
  const runs = read.flatMap(readResults);
  const comparison = comparePoints(runs, by === undefined ? null : requireField(by, runs));
  if (comparison.rows.length === 0) {
    const tally = describeTally(read.flatMap((each) => each.runs));
    throw new UserError(`${names.join(', ')}: expected runs that came to their end, found none to compare (${tally})`);
  }
  if (json) process.stdout.write(`${JSON.stringify(describeJson(comparison), storeNonFinite, 2)}\n`);
  else if (csv) process.stdout.write(formatCsv(comparison));
  else {
    const columns = terminalColumns();
    process.stdout.write(`${renderComparison(comparison, { columns, paint: createPaint(process.stdout) }).join('\n')}\n`);
  }
  return EXIT.ok;
}
