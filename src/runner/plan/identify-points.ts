// Names every point of a sweep: its name depends on its configuration and on the data behind it.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { createRunNamer } from '../../experiment/run-id.ts';
import type { DatasetConfig, Experiment } from '../../experiment/schema/schema.ts';
import { listFolderNames, readRun } from '../../results/read.ts';
import { adoptFolders, type IdentifiedPoint } from './plan.ts';

/** Tells the identity of a data set, which changes with its pictures and labels. Rejects with a UserError where it cannot be used. */
export type IdentifyDataset = (dataset: DatasetConfig) => Promise<string>;

/** Each distinct run of the experiment, named like the folder that holds it already, if there is one. Packs nothing. */
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
  return adoptFolders(points, listFolderNames(experimentFolder), (name) => {
    const { record, state } = readRun(join(experimentFolder, name));
    return record && { hash: hashWork(record.config, record.dataIdentity), isFinished: state === 'succeeded' };
  });
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
