// Gives the runner access to data sets: tells their identity, and packs them with progress shown.

import type { DatasetConfig, RunConfig } from '../experiment/schema/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import { defaultCacheRoot } from '../machine/cache-root.ts';
import { packDataset } from '../model/data/packing/pack.ts';
import { identifyDataset } from '../model/data/sources/index.ts';
import type { DataAccess } from '../runner/service.ts';
import { createPackingProgress } from './progress/packing.ts';

export const dataAccess: DataAccess = { identifyDataset, prepare: packDatasets };

/**
 * Packs each data set of the runs once, and shows how far it is. Rejects with a UserError where the data set of a run will not do, and
 * with the signal's reason once it is aborted.
 */
async function packDatasets(configs: readonly RunConfig[], signal: AbortSignal): Promise<void> {
  const distinct = new Map<string, RunConfig[]>();
  for (const config of configs) {
    const key = JSON.stringify(config.dataset);
    const sharing = distinct.get(key);
    if (sharing) sharing.push(config);
    else distinct.set(key, [config]);
  }
  for (const sharing of distinct.values()) {
    const { dataset } = sharing[0]!;
    signal.throwIfAborted();
    const progress = createPackingProgress(describeDataset(dataset));
    try {
      const packed = await packDataset(dataset, {
        cacheRoot: defaultCacheRoot(),
        onProgress: progress.onProgress,
        onNotice: progress.note,
        signal,
      });
      packed.close();
      requireFullBatch(sharing, packed.count);
    } finally {
      progress.close();
    }
  }
}

/** A batch is drawn without repetition; how many pictures there are is known only now. */
function requireFullBatch(configs: readonly RunConfig[], pictures: number): void {
  const largest = configs.reduce((most, { training }) => Math.max(most, training.batchSize), 0);
  if (largest <= pictures) return;
  throw new UserError(
    `training.batchSize: expected at most ${pictures}, the usable pictures of ${describeDataset(configs[0]!.dataset)}, got ${largest}`,
  );
}

function describeDataset({ source, images, root, imageSize }: DatasetConfig): string {
  return `${source === 'synthetic' ? `${images} synthetic faces` : root} at ${imageSize}x${imageSize}`;
}
