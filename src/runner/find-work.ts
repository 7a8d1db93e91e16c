// What there is to do for an experiment, and on what: of this moment.

import { experimentFolder } from '../results/paths.ts';
import type { Executor } from './executors/executor.ts';
import { EXECUTORS } from './executors/index.ts';
import { findEqualRuns } from './plan/equal-runs.ts';
import { identifyPoints } from './plan/identify-points.ts';
import type { IdentifiedPoint } from './plan/plan.ts';
import { describeDemand, type Slot } from './plan/slots.ts';
import type { Code } from './provenance/code.ts';
import { readSurroundings, type Surroundings } from './surroundings.ts';
import type { SweepRequest } from './sweep-request.ts';

export interface Work {
  points: readonly IdentifiedPoint[];
  surroundings: Surroundings;
  executor: Executor;
  slots: readonly Slot[];
}

/** Throws a UserError for what the user can mend: the data, the machine. */
export async function findWork(request: SweepRequest, code: Promise<Code>): Promise<Work> {
  const { experiment, resultsRoot, data, gpus, trainer, bundles = '' } = request;
  const folder = experimentFolder(resultsRoot, experiment.name);
  const identified = await identifyPoints(experiment, { experimentFolder: folder, identifyDataset: data.identifyDataset });
  const mayReuse = request.reuse !== false && !request.fresh && experiment.halving === undefined; // halving compares at epochs of its own
  const { readContent } = data;
  const points = mayReuse ? await findEqualRuns(identified, { resultsRoot, experiment, readContent }) : identified;
  const configs = points.map(({ point }) => point.config);
  const here = await readSurroundings({ configs, gpus });
  const leave = request.stop?.graceful ?? new AbortController().signal;
  const create = EXECUTORS[experiment.execution.executor];
  const executor = request.executor ?? (await create({ trainer, ...here, experiment: { ...experiment, folder }, bundles, code, leave }));
  const surroundings = { ...here, backend: executor.backendOf?.(here.backend) ?? here.backend };
  return { points, surroundings, executor, slots: executor.capacity(describeDemand(experiment.execution, configs)) };
}
