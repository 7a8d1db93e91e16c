// The runs of many experiments, as `facet list` tells them.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { type ExperimentResults, readExperiment } from '../../results/read.ts';
import { createProgressReader } from '../../results/read-progress.ts';
import { readNote } from '../../results/runs/notes.ts';
import { describeExperiment, type RunStatus } from '../text/describe-status.ts';
import { parseConditions, parseStates } from './filter-runs.ts';

export interface ListedRun extends RunStatus {
  experiment: string;
  /** When its folder was set up; null for one that waits. */
  begunAt: string | null;
  config: RunConfig | null;
}

export interface RunFilters {
  /** As filter-runs.ts takes them; each empty: all runs. */
  state: readonly string[];
  where: readonly string[];
  /** A run must have all of them. */
  tag: readonly string[];
}

/** Of these experiments the runs that pass, in the order of the experiments and of their files. */
export function listRuns(resultsRoot: string, names: readonly string[], { state, where, tag }: RunFilters): ListedRun[] {
  const experiments = names.map((name) => readExperiment(resultsRoot, name));
  const isWanted = parseStates(state);
  const holds = parseConditions(
    where,
    experiments.flatMap(({ runs }) => runs),
  );
  const wanted = tag.map((each) => each.replace(/^#/, ''));
  return experiments.flatMap((experiment) => {
    const runs = experiment.runs.filter((run) => isWanted(run.state) && holds(run) && (wanted.length === 0 || hasTags(run.folder, wanted)));
    return describeRuns({ ...experiment, runs });
  });
}

function hasTags(folder: string, wanted: readonly string[]): boolean {
  const { tags } = readNote(folder).note;
  return wanted.every((tag) => tags.includes(tag));
}

function describeRuns(experiment: ExperimentResults): ListedRun[] {
  const { runs } = describeExperiment(experiment, createProgressReader());
  return runs.map((run, index) => {
    const { record } = experiment.runs[index]!;
    return { experiment: experiment.name, ...run, begunAt: record?.provenance.createdAt ?? null, config: record?.config ?? null };
  });
}
