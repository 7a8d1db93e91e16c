// (pure) Which runs are the beginning of a run that is planned with more epochs, so that it goes on from them.

import { hashOfName } from '../../experiment/run-id.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { RunState } from '../../results/records.ts';
import { isFailure } from '../../results/states.ts';

/** A run that differs from a planned one in nothing but fewer epochs. */
export interface ShorterRun {
  id: string;
  epochs: number;
  /**
   * Whether its weights are those that the longer run would have after as many epochs: its learning rate must not depend on the last one.
   */
  canGoOn: boolean;
}

export interface Folders {
  readFolder(name: string): FolderRun | null;
  /** Whether it has a checkpoint to go on from: the trainer of somebody else may keep none, or in another form. */
  hasCheckpoint(name: string): boolean;
  /** That of run-id.ts. */
  hashWork(config: RunConfig, dataIdentity: string): string;
}

/** What a folder says of its run. */
export interface FolderRun {
  config: RunConfig;
  dataIdentity: string;
  state: RunState;
}

interface Point {
  /** Ends with the hash of its work. */
  id: string;
  point: { config: RunConfig };
}

/**
 * For each of these points, by id, the run with the most epochs that is its beginning, if there is one. Looks only at runs that nobody
 * works on and that did not fail.
 */
export function findShorterRuns(
  points: readonly Point[],
  folders: readonly string[],
  { readFolder, hasCheckpoint, hashWork }: Folders,
): Map<string, ShorterRun> {
  const byHash = new Map(points.map((point) => [hashOfName(point.id), point]));
  const lengths = [...new Set(points.map(({ point }) => point.config.training.epochs))];
  const found = new Map<string, ShorterRun>();
  for (const name of points.length === 0 ? [] : folders) {
    const run = readFolder(name);
    if (run === null || run.state === 'running' || run.state === 'queued' || isFailure(run.state)) continue;
    const { config, dataIdentity } = run;
    const { epochs, learningRateSchedule } = config.training;
    for (const longer of lengths.filter((length) => length > epochs)) {
      const point = byHash.get(hashWork({ ...config, training: { ...config.training, epochs: longer } }, dataIdentity));
      if (point === undefined || (found.get(point.id)?.epochs ?? 0) >= epochs || !hasCheckpoint(name)) continue;
      found.set(point.id, { id: name, epochs, canGoOn: learningRateSchedule === 'constant' });
    }
  }
  return found;
}
