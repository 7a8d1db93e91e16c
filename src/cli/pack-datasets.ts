// Room: cli. Packs each data set of the runs once, before any of them starts.

import type { DatasetConfig } from '../experiment/schema.ts';
import { defaultCacheRoot } from '../model/data/cache-root.ts';
import { packDataset } from '../model/data/pack.ts';
import { createPackingProgress } from './progress/packing.ts';

/** Rejects with a UserError where a data set will not do, and with the signal's reason once it is aborted. */
export async function packDatasets(datasets: readonly DatasetConfig[], signal: AbortSignal): Promise<void> {
  const distinct = new Map(datasets.map((dataset) => [JSON.stringify(dataset), dataset]));
  for (const dataset of distinct.values()) {
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
    } finally {
      progress.close();
    }
  }
}

function describeDataset({ source, images, root, imageSize }: DatasetConfig): string {
  return `${source === 'synthetic' ? `${images} synthetic faces` : root} at ${imageSize}x${imageSize}`;
}
