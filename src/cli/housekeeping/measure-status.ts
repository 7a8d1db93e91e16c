// How much room experiments and runs take, for `facet status`.

import { measureFolder } from '../../machine/disk.ts';
import { experimentFolder, reproductionsFolder, trashFolder } from '../../results/paths.ts';
import type { DetailedStatus, ExperimentStatus } from '../text/describe-status.ts';

/** The same status with sizes. Looks at every file: 5,000 runs take about a second. */
export function measureExperiment<T extends ExperimentStatus>(results: string, status: T): T {
  const folder = experimentFolder(results, status.name);
  return {
    ...status,
    bytes: {
      total: measureFolder(folder),
      trash: measureFolder(trashFolder(folder)),
      reproductions: measureFolder(reproductionsFolder(folder)),
    },
  };
}

/** With the sizes of its runs. */
export function measureRuns(results: string, status: DetailedStatus): DetailedStatus {
  const runs = status.runs.map((run) => ({ ...run, bytes: measureFolder(run.folder) }));
  return { ...measureExperiment(results, status), runs };
}
