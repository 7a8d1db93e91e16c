// Names every point of the sweep: what it is called depends on its configuration and on the data behind it.

import { hash } from 'node:crypto';
import { join } from 'node:path';
import { createRunNamer } from '../experiment/run-id.ts';
import type { DatasetConfig, Experiment } from '../experiment/schema/schema.ts';
import { identifyDataset } from '../model/data/sources/index.ts';
import { listFolderNames, readRun } from '../results/read.ts';
import { adoptFolders, type IdentifiedPoint } from '../runner/plan/plan.ts';

/** Each distinct run of the experiment, under the name of the folder that holds it already where there is one. Packs nothing. */
export async function identifyPoints(experiment: Experiment, experimentFolder: string): Promise<IdentifiedPoint[]> {
  const identityOf = createIdentities();
  const { nameRun, hashWork } = createRunNamer((text) => hash('sha256', text, 'hex'));
  const points: IdentifiedPoint[] = [];
  for (const point of experiment.points) {
    const dataIdentity = await identityOf(point.config.dataset);
    points.push({ id: nameRun(point, dataIdentity), point, dataIdentity });
  }
  return adoptFolders(points, listFolderNames(experimentFolder), (name) => {
    const { record, state } = readRun(join(experimentFolder, name));
    return record && { hash: hashWork(record.config, record.dataIdentity), isFinished: state === 'succeeded' };
  });
}

/** Each distinct data set is looked at once. */
function createIdentities(): (dataset: DatasetConfig) => Promise<string> {
  const byText = new Map<string, Promise<string>>();
  const byDataset = new Map<DatasetConfig, Promise<string>>();
  return (dataset) => {
    const known = byDataset.get(dataset);
    if (known !== undefined) return known;
    const text = JSON.stringify(dataset);
    const identity = byText.get(text) ?? identifyDataset(dataset);
    byText.set(text, identity);
    byDataset.set(dataset, identity);
    return identity;
  };
}
