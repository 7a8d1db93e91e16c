// (pure) The defaults of a dataset that depend on its source, in one place.

import type { DatasetConfig } from './schema.ts';

const SOURCE_DEFAULTS: Record<DatasetConfig['source'], Partial<DatasetConfig>> = {
  synthetic: { images: 12_000, seed: 1 },
  celeba: { partition: 'train', crop: 178 },
  folder: {},
};

/** Every field that applies to the source is set; those that do not apply, and `limit`, `labels` and a folder's `crop` if not given, stay undefined. */
export function resolveDataset(dataset: DatasetConfig): DatasetConfig {
  const resolved: Record<string, unknown> = { ...dataset };
  for (const [field, value] of Object.entries(SOURCE_DEFAULTS[dataset.source])) resolved[field] ??= value;
  return resolved as unknown as DatasetConfig;
}
