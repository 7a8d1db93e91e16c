// (pure) The defaults of a dataset that depend on its source, in one place.

import type { DatasetConfig } from './schema.ts';

const SOURCE_DEFAULTS: Record<DatasetConfig['source'], Partial<DatasetConfig>> = {
  synthetic: { images: 12_000, seed: 1 },
  celeba: { partition: 'train', crop: 178 },
  folder: {},
};

/**
 * Sets every field that applies to the source. Fields that do not apply stay undefined, and so do `limit`, `labels` and a folder's `crop`
 * where the file has none.
 */
export function resolveDataset(dataset: DatasetConfig): DatasetConfig {
  const resolved: Record<string, unknown> = { ...dataset };
  for (const [field, value] of Object.entries(SOURCE_DEFAULTS[dataset.source])) resolved[field] ??= value;
  return resolved as unknown as DatasetConfig;
}
