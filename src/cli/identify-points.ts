// Room: cli. Names every point of the sweep: what it is called depends on its configuration and on the data behind it.

import { createHash } from 'node:crypto';
import { createRunId } from '../experiment/run-id.ts';
import type { DatasetConfig, Experiment } from '../experiment/schema.ts';
import { identifyDataset } from '../model/data/create-source.ts';
import { listFolderNames } from '../results/read.ts';
import { adoptFolders, type IdentifiedPoint } from '../runner/plan.ts';

/** Each distinct run of the experiment, under the name of the folder that holds it already where there is one. Packs nothing. */
export async function identifyPoints(experiment: Experiment, experimentFolder: string): Promise<IdentifiedPoint[]> {
  const identities = new Map<string, Promise<string>>();
  const identityOf = (dataset: DatasetConfig): Promise<string> => {
    const key = JSON.stringify(dataset);
    const identity = identities.get(key) ?? identifyDataset(dataset);
    identities.set(key, identity);
    return identity;
  };
  const points: IdentifiedPoint[] = [];
  for (const point of experiment.points) {
    const dataIdentity = await identityOf(point.config.dataset);
    points.push({ id: createRunId(point, dataIdentity, sha256Hex), point, dataIdentity });
  }
  return adoptFolders(points, listFolderNames(experimentFolder));
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
