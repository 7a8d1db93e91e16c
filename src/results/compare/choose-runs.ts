// (pure) Which runs can be compared, and why the others cannot.

import { formatCount } from '../../experiment/units.ts';
import { wordOf } from '../states.ts';
import type { WorkedRun } from './compared-fields.ts';
import type { Judge } from './final-values.ts';
import type { RunResult } from './run-result.ts';

export interface LeftOut {
  experiment: string;
  run: string;
  /** In a few words: "running", "another data set". */
  reason: string;
}

export interface Choice {
  chosen: WorkedRun[];
  leftOut: { run: RunResult; reason: string }[];
}

/**
 * Leaves out runs that did not come to their end, that the file no longer asks for, repetitions, and those of data that has changed since.
 */
export function chooseRuns(runs: readonly RunResult[]): Choice {
  const leftOut: Choice['leftOut'] = [];
  const seen = new Set<string>();
  const finished = runs.filter((run): run is WorkedRun => {
    const reason = whyUnfinished(run) ?? (seen.has(keyOfWork(run)) ? 'the same work as another run' : null);
    if (reason === null) seen.add(keyOfWork(run));
    else leftOut.push({ run, reason });
    return reason === null;
  });
  const identities = commonIdentities(finished);
  const chosen = finished.filter((run) => {
    const isCommon = identities.get(run.work.dataset) === run.work.dataIdentity;
    if (!isCommon) leftOut.push({ run, reason: 'another data set' });
    return isCommon;
  });
  return { chosen, leftOut };
}

function keyOfWork({ work }: RunResult): string {
  return work === null ? '' : `${work.point} ${work.config.training.seed} ${work.dataIdentity}`;
}

function whyUnfinished({ state, current, work }: RunResult): string | null {
  if (!current) return 'no longer asked for';
  if (state !== 'succeeded') return wordOf(state);
  return work === null ? 'without a run.json that can be read' : null;
}

/**
 * Where the same section `dataset` has stood for several data sets, as a folder whose pictures changed: the one of most runs, of equals the
 * last.
 */
function commonIdentities(runs: readonly WorkedRun[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const run of runs) {
    const { dataset, dataIdentity } = run.work;
    const ofDataset = counts.get(dataset) ?? new Map<string, number>();
    ofDataset.set(dataIdentity, (ofDataset.get(dataIdentity) ?? 0) + 1);
    counts.set(dataset, ofDataset);
  }
  return new Map([...counts].map(([dataset, ofDataset]) => [dataset, [...ofDataset].sort(([, a], [, b]) => a - b).at(-1)![0]]));
}

/** Of the runs of one row those that the same judge has judged, the best kind of judge first, then the one of most runs. */
export function chooseJudged(runs: readonly WorkedRun[]): Choice & { judge: Judge } {
  const groups = groupBy(runs, ({ judge }) => keyOfJudge(judge));
  const rankOf = ([run]: readonly WorkedRun[]) => rank(run!.judge);
  const picturesOf = ([run]: readonly WorkedRun[]) => run!.judge.pictures ?? 0;
  const [chosen, ...others] = groups.sort((a, b) => rankOf(b) - rankOf(a) || b.length - a.length || picturesOf(b) - picturesOf(a));
  const judge = chosen![0]!.judge;
  return { chosen: chosen!, judge, leftOut: others.flat().map((run) => ({ run, reason: whyAnotherJudge(run.judge, judge) })) };
}

function rank({ when, oracle }: Judge): number {
  return when === 'never' ? 0 : when === 'training' ? 1 : oracle === null ? 2 : 3;
}

/** Equal for judges whose values can be compared. */
export function keyOfJudge({ when, oracle, pictures }: Judge): string {
  return JSON.stringify([when, oracle, pictures]);
}

/** In the order in which the first of each group comes. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}

function whyAnotherJudge(its: Judge, wanted: Judge): string {
  if (its.when === 'never') return 'not evaluated';
  if (its.when === 'training') return 'not evaluated at its end';
  if (its.oracle === wanted.oracle) return `judged by ${formatCount(its.pictures ?? 0)} pictures, not ${formatCount(wanted.pictures ?? 0)}`;
  return its.oracle === null ? 'judged without an oracle' : 'judged by another oracle';
}
