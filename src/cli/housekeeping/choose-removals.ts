// What `facet rm` is to delete: runs and experiments by name, or what the options say of them.

import { resolve } from 'node:path';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { experimentFolder, runFolder } from '../../results/paths.ts';
import { listExperiments, listFolderNames } from '../../results/read.ts';
import type { Removal } from '../../results/remove/removal.ts';
import { listFormerRuns, removalOfExperiment, removalsOfReproductions, removalsOfTrash } from '../../results/remove/remove-experiment.ts';
import { removalOfReproduction, removalsOfRun } from '../../results/remove/remove-run.ts';
import { removalOfCheckpoints } from '../../results/remove/thin-checkpoints.ts';
import { type FoundRun, findPossibleRuns, findRun } from '../../results/runs/find.ts';
import { listReproductions } from '../../results/runs/reproductions.ts';

export interface RmOptions {
  /** Runs, as findRun takes them, and experiments by their names or folders. */
  targets: string[];
  results: string;
  former: boolean;
  reproductions: boolean;
  trash: boolean;
  checkpoints: boolean;
}

type Target = { experiment: string; run: FoundRun | null };

/** Each once. Throws a UserError for a name that is none, or that could be a run and an experiment. */
export function chooseRemovals(options: RmOptions): Removal[] {
  return [...new Map(choose(options).map((removal) => [removal.path, removal])).values()];
}

function choose(options: RmOptions): Removal[] {
  const { targets: names, results, former, reproductions, trash, checkpoints } = options;
  const targets = distinct(names.map((name) => findTarget(results, name)));
  if (!former && !reproductions && !trash && !checkpoints) {
    if (targets.length > 0)
      return targets.flatMap(({ experiment, run }) => (run ? removalsOfRun(run) : removalOfExperiment(results, experiment)));
    throw new UserError('Expected runs or experiments to delete, or --former, --reproductions, --trash or --checkpoints');
  }
  const isAll = targets.length === 0;
  const wanted = isAll ? listExperiments(results).map(({ name }): Target => ({ experiment: name, run: null })) : targets;
  return [
    ...(former ? wanted.flatMap((target) => chooseFormer(results, target)) : []),
    ...(reproductions ? wanted.flatMap((target) => chooseReproductions(results, target)) : []),
    ...(checkpoints ? wanted.flatMap((target) => runsOf(results, target).flatMap((run) => removalOfCheckpoints(run) ?? [])) : []),
    ...(trash ? wanted.flatMap((target) => removalsOfTrash(results, requireExperiment(target, '--trash'))) : []),
    ...(trash && isAll ? removalsOfTrash(results, null) : []),
  ];
}

function findTarget(results: string, name: string): Target {
  const path = resolve(name);
  const experiment = listExperiments(results).find((each) => each.name === name || resolve(each.folder) === path);
  if (experiment === undefined) {
    const run = findRun(results, name, { mayLieElsewhere: false });
    return { experiment: run.experiment, run };
  }
  const [run] = findPossibleRuns(results, name);
  if (run === undefined) return { experiment: experiment.name, run: null };
  throw new UserError(
    `${quote(name)} is an experiment, and also names the run ${run.experiment}/${run.id}; for the experiment write ${experiment.folder}`,
  );
}

function distinct(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.run?.folder ?? target.experiment, target])).values()];
}

function requireExperiment({ experiment, run }: Target, option: string): string {
  if (run === null) return experiment;
  throw new UserError(`${option}: expected experiments, got the run ${experiment}/${run.id}`);
}

function chooseFormer(results: string, target: Target): Removal[] {
  const name = requireExperiment(target, '--former');
  const runs = listFormerRuns(results, name);
  if (runs !== null) return runs.flatMap(removalsOfRun);
  throw new UserError(
    `${experimentFolder(results, name)}: expected experiment.json, which tells the runs of today from former ones, found none`,
  );
}

function chooseReproductions(results: string, { experiment, run }: Target): Removal[] {
  if (run === null) return removalsOfReproductions(results, experiment);
  const owner = experimentFolder(results, experiment);
  return listReproductions(owner, run.id).map((each) => removalOfReproduction(run, each));
}

function runsOf(results: string, { experiment, run }: Target): FoundRun[] {
  if (run) return [run];
  const ids = listFolderNames(experimentFolder(results, experiment));
  return ids.map((id) => ({ experiment, id, folder: runFolder(results, experiment, id) }));
}
