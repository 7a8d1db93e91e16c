// Removes a whole experiment, all repetitions in it, or what lies in its .trash.

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plural } from '../../experiment/units.ts';
import { measureFolder } from '../../machine/disk.ts';
import { readLiveLease, settleHolder } from '../leases/lease.ts';
import {
  experimentFolder,
  leaseFile,
  reproductionLeaseFile,
  reproductionsFolder,
  runFolder,
  runnerLeaseFile,
  trashFolder,
} from '../paths.ts';
import { listFolderNames, readExperiment } from '../read.ts';
import type { LeaseRecord } from '../records.ts';
import { listReproductions } from '../runs/reproductions.ts';
import type { Removal } from './removal.ts';
import { holding, removalOfReproduction, runOfReproduction } from './remove-run.ts';
import { deleteFolder, removeTree, requirePlainTrash } from './set-aside.ts';

/** Its folder with all that is in it. */
export function removalOfExperiment(resultsRoot: string, name: string): Removal {
  const folder = experimentFolder(resultsRoot, name);
  const runs = listFolderNames(folder).map((id) => runFolder(resultsRoot, name, id));
  const repetitions = listFolderNames(reproductionsFolder(folder));
  const trash = measureFolder(trashFolder(folder));
  const runner = runnerLeaseFile(folder);
  const others = [
    ...runs.map(leaseFile),
    ...[...new Set(repetitions.map(runOfReproduction))].map((id) => reproductionLeaseFile(folder, id)),
  ];
  return {
    experiment: name,
    path: folder,
    name,
    kind: 'experiment',
    count: 1,
    what: [
      `experiment of ${plural(runs.length, 'run')}`,
      ...(repetitions.length === 0 ? [] : [plural(repetitions.length, 'repetition')]),
      ...(trash === 0 ? [] : ['.trash']),
    ].join(', '),
    bytes: measureFolder(folder),
    whoHolds: (onWait) => findHolder([runner, ...others], onWait),
    remove() {
      let holder: LeaseRecord | null = null;
      const runnerHolder = holding([runner], () => {
        holder = others.reduce<LeaseRecord | null>((found, lease) => found ?? readLiveLease(lease), null);
        if (holder === null) deleteFolder(folder, resultsRoot);
      });
      return runnerHolder ?? holder;
    },
  };
}

async function findHolder(leases: readonly string[], onWait?: (holder: LeaseRecord) => void): Promise<LeaseRecord | null> {
  for (const lease of leases) {
    const holder = await settleHolder(lease, { onWait });
    if (holder) return holder;
  }
  return null;
}

/** Every repetition in an experiment, also of a run that is gone. */
export function removalsOfReproductions(resultsRoot: string, name: string): Removal[] {
  const folder = experimentFolder(resultsRoot, name);
  const ids = [...new Set(listFolderNames(reproductionsFolder(folder)).map(runOfReproduction))];
  return ids.flatMap((id) =>
    listReproductions(folder, id).map((each) =>
      removalOfReproduction({ experiment: name, id, folder: runFolder(resultsRoot, name, id) }, each),
    ),
  );
}

/** The runs that the experiment was not last started with; null where experiment.json cannot tell, since then all would seem to be. */
export function listFormerRuns(resultsRoot: string, name: string) {
  const { runs, record } = readExperiment(resultsRoot, name);
  return record && runs.filter(({ current }) => !current).map(({ id, folder }) => ({ experiment: name, id, folder }));
}

/** What lies in the .trash of an experiment, or, for null, in that of the results; none where nothing does. */
export function removalsOfTrash(resultsRoot: string, name: string | null): Removal[] {
  const owner = name === null ? resultsRoot : experimentFolder(resultsRoot, name);
  const trash = trashFolder(owner);
  const entries = listEntries(trash);
  if (entries.length === 0) return [];
  return [
    {
      experiment: name,
      path: trash,
      kind: 'folder in .trash',
      kinds: 'folders in .trash',
      count: entries.length,
      name: name === null ? '.trash' : `${name}/.trash`,
      what: plural(entries.length, 'folder'),
      bytes: measureFolder(trash),
      whoHolds: async () => null,
      remove() {
        requirePlainTrash(owner);
        for (const entry of entries) removeTree(join(trash, entry));
        return null;
      },
    },
  ];
}

function listEntries(trash: string): string[] {
  if (!lstatSync(trash, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(trash);
}
