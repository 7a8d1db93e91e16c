// facet list: the runs of all experiments, or of some, that pass filters.

import { plural } from '../../experiment/units.ts';
import { LINK_NOT_FOLLOWED, listLinks } from '../../results/files/linked-experiments.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import { listExperiments } from '../../results/read.ts';
import { EXIT } from '../exit-codes.ts';
import { findExperiment } from '../find-experiment.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { renderTable } from '../text/render-status.ts';
import { listRuns, type RunFilters } from './list-runs.ts';
import { sortRuns } from './sort-runs.ts';

export interface ListCommandOptions extends RunFilters {
  /** As findExperiment takes them; none: all. */
  experiments: string[];
  results: string;
  /** As sortRuns takes it. */
  sort?: string;
  /** Runs shown; 0 for all. */
  limit: number;
  json: boolean;
}

export function listCommand({ experiments, results, sort, limit, json, ...filters }: ListCommandOptions): number {
  requireNoFile(results);
  const named = experiments.map((experiment) => findExperiment(results, experiment).name);
  const names = experiments.length === 0 ? listExperiments(results).map(({ name }) => name) : [...new Set(named)];
  const runs = sortRuns(listRuns(results, names, filters), sort);
  const shown = limit === 0 ? runs : runs.slice(0, limit);
  if (json) {
    process.stdout.write(`${JSON.stringify({ format: 1, total: runs.length, runs: shown }, storeNonFinite, 2)}\n`);
    return EXIT.ok;
  }
  const paint = createPaint(process.stdout);
  const columns = terminalColumns();
  const rows = shown.map((run) => ({ ...run, id: `${run.experiment}/${run.id}` }));
  const hidden = runs.length - shown.length;
  const lines = [
    ...(rows.length === 0 ? [] : renderTable(rows, columns, paint)),
    ...(hidden === 0 ? [] : [`… and ${plural(hidden, 'more run')} (--limit 0 shows all)`]),
    `${plural(runs.length, 'run')} of ${plural(names.length, 'experiment')}.`,
    ...(experiments.length > 0 ? [] : listLinks(results).map((link) => `${link}: not shown: ${LINK_NOT_FOLLOWED}`)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
