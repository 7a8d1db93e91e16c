// Names every point of a sweep: its name depends on its configuration and on the data behind it.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { createRunNamer } from '../../experiment/run-id.ts';
import type { DatasetConfig, Experiment } from '../../experiment/schema/schema.ts';
import { listFolderNames, readRun } from '../../results/read.ts';
import { hasCheckpoint } from '../../results/runs/begin-longer-run.ts';
import { adoptFolders, type IdentifiedPoint } from './plan.ts';
import { type FolderRun, findShorterRuns } from './shorter-runs.ts';

/** Tells the identity of a data set, which changes with its pictures and labels. Rejects with a UserError where it cannot be used. */
export type IdentifyDataset = (dataset: DatasetConfig) => Promise<string>;

/**
 * Each distinct run of the experiment, named like the folder that holds it already, if there is one; where there is none, with the run that
 * is its beginning, if it was trained with fewer epochs. Packs nothing.
 */
export async function identifyPoints(
  { points: sweepPoints }: Pick<Experiment, 'points'>,
  { experimentFolder, identifyDataset }: { experimentFolder: string; identifyDataset: IdentifyDataset },
): Promise<IdentifiedPoint[]> {
  const identityOf = identifyOnce(identifyDataset);
  const { nameRun, hashWork } = createRunNamer((text) => hash('sha256', text, 'hex'));
  const points: IdentifiedPoint[] = [];
  for (const point of sweepPoints) {
    const dataIdentity = await identityOf(point.config.dataset);
    points.push({ id: nameRun(point, dataIdentity), point, dataIdentity });
  }
  const folders = listFolderNames(experimentFolder);
  const read = readOnce((name: string): FolderRun | null => {
    const { record, state } = readRun(join(experimentFolder, name));
    return record && { config: record.config, dataIdentity: record.dataIdentity, state };
  });
  const adopted = adoptFolders(points, folders, (name) => {
    const run = read(name);
    return run && { hash: hashWork(run.config, run.dataIdentity), isFinished: run.state === 'succeeded' };
  });
  const present = new Set(folders);
  const missing = adopted.filter(({ id }) => !present.has(id));
  const epochsOf = new Map(adopted.map(({ id, point }) => [id, point.config.training.epochs]));
  const longest = missing.reduce((most, { point }) => Math.max(most, point.config.training.epochs), 0);
  const mayBeShorter = folders.filter((name) => (epochsOf.get(name) ?? 0) < longest); // a sweep has thousands: not all are read
  const shorter = findShorterRuns(missing, mayBeShorter, {
    readFolder: read,
    hasCheckpoint: (name) => hasCheckpoint(join(experimentFolder, name)),
    hashWork,
  });
  return adopted.map((point) => ({ ...point, ...(shorter.has(point.id) && { shorter: shorter.get(point.id)! }) }));
}

/** Reads each folder at most once. */
function readOnce<T>(read: (name: string) => T): (name: string) => T {
  const values = new Map<string, T>();
  return (name) => {
    if (!values.has(name)) values.set(name, read(name));
    return values.get(name)!;
  };
}

/** Looks at each distinct data set once. */
function identifyOnce(identifyDataset: IdentifyDataset): IdentifyDataset {
  const byText = new Map<string, Promise<string>>();
  const byDataset = new Map<DatasetConfig, Promise<string>>();
  return (dataset) => {
    const former = byDataset.get(dataset);
    if (former !== undefined) return former;
    const text = JSON.stringify(dataset);
    const identity = byText.get(text) ?? identifyDataset(dataset);
    byText.set(text, identity);
    byDataset.set(dataset, identity);
    return identity;
  };
}
