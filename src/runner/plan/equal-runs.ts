// Which planned runs an equal run of another experiment has trained already, so that they need not be trained again.

import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRunNamer, hashOfName } from '../../experiment/run-id.ts';
import { readEngines } from '../../results/engine-file.ts';
import { experimentFolder, runFolder } from '../../results/paths.ts';
import { listFolderNames, readRun } from '../../results/read.ts';
import type { Provenance, RunRecord } from '../../results/records.ts';
import { reuseRun } from '../../results/runs/reuse-run.ts';
import { describeOwnTrainer } from '../provenance/own-trainer.ts';
import { describeTrainer } from '../provenance/provenance.ts';
import type { DataAccess } from '../sweep-request.ts';
import type { EqualRun, IdentifiedPoint, PlannedRun } from './plan.ts';

interface Place {
  resultsRoot: string;
  experiment: { name: string; file: string };
}

/**
 * The points, each without a folder of its own with the equal run that there is: one of another experiment that has succeeded, by the same rule
 * by which a run of the same experiment would be left alone, and by the same trainer. Reads the names of all run folders.
 */
export async function findEqualRuns(
  points: readonly IdentifiedPoint[],
  { resultsRoot, experiment, readContent }: Place & { readContent?: DataAccess['readContent'] },
): Promise<IdentifiedPoint[]> {
  const missing = points.filter(({ id }) => !existsSync(runFolder(resultsRoot, experiment.name, id)));
  if (missing.length === 0) return [...points];
  const byHash = new Map<string, EqualRun[]>();
  for (const name of listFolderNames(resultsRoot).filter((each) => each !== experiment.name)) {
    for (const id of listFolderNames(experimentFolder(resultsRoot, name))) {
      byHash.set(hashOfName(id), [...(byHash.get(hashOfName(id)) ?? []), { experiment: name, id }]);
    }
  }
  const { hashWork } = createRunNamer((text) => hash('sha256', text, 'hex'));
  const isEqual = async (point: IdentifiedPoint, other: EqualRun): Promise<boolean> => {
    const folder = runFolder(resultsRoot, other.experiment, other.id);
    const { record, state } = readRun(folder);
    if (record === null || state !== 'succeeded') return false;
    if (hashWork(record.config, record.dataIdentity) !== hashOfName(point.id)) return false;
    if (!isSameTrainer(trainerOf(record, folder), trainerOfToday(point, experiment.file))) return false;
    const then = record.data?.filesSha256;
    const now = typeof then === 'string' ? ((await readContent?.(point.point.config.dataset)) ?? null) : null;
    return now === null || now === then; // pictures may have changed under the same names, sizes and labels
  };
  const found = new Map<string, EqualRun>();
  for (const { id, ...point } of missing) {
    for (const other of byHash.get(hashOfName(id)) ?? []) {
      if (!found.has(id) && (await isEqual({ id, ...point }, other))) found.set(id, other);
    }
  }
  return points.map((point) => (found.has(point.id) ? { ...point, equal: found.get(point.id)! } : point));
}

/** Makes the folders of the runs that the plan reuses. A run whose equal one is gone meanwhile is started. Throws a WriteFailure. */
export function reuseEqualRuns(plan: readonly PlannedRun[], { resultsRoot, experiment: { name } }: Place): PlannedRun[] {
  return plan.map((run): PlannedRun => {
    if (!isReused(run)) return run;
    const { equal, id, point } = run;
    const from = runFolder(resultsRoot, equal.experiment, equal.id);
    if (reuseRun(from, runFolder(resultsRoot, name, id), { experiment: name, id, axes: point.axes })) return { ...run, state: 'succeeded' };
    const { equal: _, ...others } = run;
    return { ...others, action: 'start', reason: 'new' };
  });
}

function isReused(run: PlannedRun): run is PlannedRun & { equal: EqualRun } {
  return run.equal !== undefined && run.action === 'skip' && run.state === 'queued' && !run.isLeftOut;
}

type Trainer = Provenance['trainer'] | 'unknown';

/** A former version did not tell; Facet's own trainer writes engine.json. */
function trainerOf({ provenance }: RunRecord, folder: string): Trainer {
  if (provenance.trainer !== undefined) return provenance.trainer;
  return readEngines(folder).length > 0 ? null : 'unknown';
}

function trainerOfToday({ point }: IdentifiedPoint, experimentFile: string): Trainer {
  const { trainer } = point.config;
  if (trainer === undefined) return describeTrainer(process.env.FACET_TRAINER);
  return describeOwnTrainer(trainer, { experimentFile, workingDirectory: process.cwd() });
}

/** By the content of its file, where there is one. */
function isSameTrainer(a: Trainer, b: Trainer): boolean {
  if (a === 'unknown' || b === 'unknown') return false;
  if (!a || !b) return !a && !b;
  return a.sha256 === null ? b.sha256 === null && a.program === b.program : a.sha256 === b.sha256;
}
