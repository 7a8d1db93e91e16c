// Plans a run of a sweep that the command had left alone at its start, once somebody asks for it.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { DataRecord } from '../../results/records.ts';
import { reuseEqualRuns } from '../plan/equal-runs.ts';
import { type KeepBackendsOptions, keepBackends } from '../plan/keep-backends.ts';
import { type PlannedRun, type PlanOptions, planRuns } from '../plan/plan.ts';
import type { DescribeData } from '../sweep-request.ts';
import type { RunControlOptions } from './control.ts';

export interface PlanAgainOptions {
  backends: KeepBackendsOptions;
  /** Of the experiment. */
  file: string;
  stateOf: Parameters<typeof planRuns>[1];
  options: PlanOptions;
  /** null: the sweep was stopped meanwhile. */
  prepareData(configs: readonly RunConfig[]): Promise<{ describeData: DescribeData } | null>;
  describeData: DescribeData;
}

export interface PlannedAgain {
  planAgain: RunControlOptions['planAgain'];
  /** Of the runs planned first, and of those planned again. */
  describeData(config: RunConfig): DataRecord | undefined;
}

export function createPlanAgain({ backends, file, ...given }: PlanAgainOptions): PlannedAgain {
  const later = new Map<RunConfig, DescribeData>();
  return {
    planAgain(run) {
      const { id, point, dataIdentity, shorter, equal } = run;
      const anew = planRuns([{ id, point, dataIdentity, ...(shorter && { shorter }), ...(equal && { equal }) }], given.stateOf, {
        ...given.options,
        fresh: false,
        only: new Set([id]),
      });
      replace(run, reuseEqualRuns(anew, { resultsRoot: backends.resultsRoot, experiment: { name: backends.experiment, file } })[0]!);
      return async () => {
        replace(run, (await keepBackends([run], backends))[0]!);
        const prepared = run.needs === undefined ? await given.prepareData([point.config]) : null;
        if (prepared) later.set(point.config, prepared.describeData);
      };
    },
    describeData: (config) => (later.get(config) ?? given.describeData)(config),
  };
}

/** In place: the schedule knows a run by its object. */
function replace(run: PlannedRun, anew: PlannedRun): void {
  for (const name of ['isLeftOut', 'needs', 'unreadable', 'backend'] as const) delete run[name];
  Object.assign(run, anew);
}
