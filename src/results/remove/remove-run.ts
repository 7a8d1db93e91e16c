// Removes runs and repetitions of runs: none while somebody works in it.

import { basename, dirname } from 'node:path';
import { measureFolder } from '../../machine/disk.ts';
import { acquireLease, type LeaseResult, releaseLease, settleHolder } from '../leases/lease.ts';
import { leaseFile, reproductionLeaseFile, runnerLeaseFile } from '../paths.ts';
import { readRun } from '../read.ts';
import type { LeaseRecord } from '../records.ts';
import type { FoundRun } from '../runs/find.ts';
import { listReproductions, type Reproduction } from '../runs/reproductions.ts';
import { wordOf } from '../states.ts';
import type { Removal } from './removal.ts';
import { deleteFolder } from './set-aside.ts';

/** A run and its repetitions, which say nothing without it. */
export function removalsOfRun(run: FoundRun): Removal[] {
  const repetitions = listReproductions(dirname(run.folder), run.id).map((each) => removalOfReproduction(run, each));
  return [removalOfRun(run), ...repetitions];
}

function removalOfRun({ experiment, id, folder }: FoundRun): Removal {
  return {
    experiment,
    path: folder,
    name: `${experiment}/${id}`,
    kind: 'run',
    count: 1,
    what: wordOf(readRun(folder).state),
    bytes: measureFolder(folder),
    async whoHolds(onWait) {
      const own = await settleHolder(leaseFile(folder), { onWait });
      if (own) return own;
      return isLeftAlone(folder) ? null : settleHolder(runnerLeaseFile(dirname(folder)), { onWait });
    },
    remove: () => holdingRun(folder, () => deleteFolder(folder, dirname(folder))),
  };
}

/** One that a repetition of the run holds is not removed: it may be at work. */
export function removalOfReproduction({ experiment, id, folder }: FoundRun, { number, folder: own, run }: Reproduction): Removal {
  const owner = dirname(folder);
  const lease = reproductionLeaseFile(owner, id);
  return {
    experiment,
    path: own,
    name: `${experiment}/${id}`,
    kind: 'repetition',
    count: 1,
    what: `repetition ${number}, ${wordOf(run.state)}`,
    bytes: measureFolder(own),
    async whoHolds(onWait) {
      return (await settleHolder(lease, { onWait })) ?? settleHolder(leaseFile(own), { onWait });
    },
    remove: () => holding([lease, leaseFile(own)], () => deleteFolder(own, owner)),
  };
}

/**
 * Does the work while nobody else works in a run's folder. No runner starts on the experiment meanwhile; one that is at work leaves the run
 * alone where it has succeeded. Returns who holds it where somebody does: then nothing is done.
 */
export function holdingRun(folder: string, work: () => void): LeaseRecord | null {
  const runnerFile = runnerLeaseFile(dirname(folder));
  const runner = acquireLease(runnerFile);
  try {
    if (!runner.acquired && !isLeftAlone(folder)) return runner.holder;
    return holding([leaseFile(folder)], work);
  } finally {
    if (runner.acquired) releaseLease(runnerFile, runner.lease);
  }
}

/** Does the work while this process has all of these leases. Returns who has one of them otherwise. */
export function holding(paths: readonly string[], work: () => void): LeaseRecord | null {
  const held: [path: string, lease: Extract<LeaseResult, { acquired: true }>['lease']][] = [];
  try {
    for (const path of paths) {
      const result = acquireLease(path);
      if (!result.acquired) return result.holder;
      held.push([path, result.lease]);
    }
    work();
    return null;
  } finally {
    for (const [path, lease] of held) releaseLease(path, lease);
  }
}

/** A runner leaves it alone for good. Successive halving may take up again what it has stopped early. */
function isLeftAlone(folder: string): boolean {
  return readRun(folder).state === 'succeeded';
}

/** Of the name of a repetition's folder, `<run id>.<number>`: the run. */
export const runOfReproduction = (folder: string): string => basename(folder).replace(/\.\d+$/, '');
