// (pure) Which fields a source of pictures has, and their defaults, in one place.

import type { DatasetConfig } from './schema.ts';

type Source = DatasetConfig['source'];

const SOURCE_DEFAULTS: Record<Source, Partial<DatasetConfig>> = {
  synthetic: { images: 12_000, seed: 1, drawings: 2 },
  celeba: { partition: 'train', crop: 178, heldOut: 0 },
  folder: { heldOut: 0 },
};

/** Of `dataset.maxLeftOut`. It is no part of a configuration, since it decides nothing of a run that has begun. */
export const MAX_LEFT_OUT_BY_DEFAULT = 0.01;

/** The sources that a field belongs to, for those that do not belong to all. */
export const APPLIES_TO = {
  root: ['celeba', 'folder'],
  seed: ['synthetic'],
  partition: ['celeba'],
  labels: ['celeba', 'folder'],
  limit: ['celeba', 'folder'],
  crop: ['celeba', 'folder'],
  heldOut: ['celeba', 'folder'],
  maxLeftOut: ['celeba', 'folder'],
  drawings: ['synthetic'],
} as const satisfies Partial<Record<keyof DatasetConfig, readonly Source[]>>;

/** Whether a field of `dataset` means something with this source. */
export function appliesTo(source: Source, field: string): boolean {
  const sources: readonly Source[] | undefined = Object.hasOwn(APPLIES_TO, field)
    ? APPLIES_TO[field as keyof typeof APPLIES_TO]
    : undefined;
  return sources === undefined || sources.includes(source);
}

/**
 * Sets every field that applies to the source. Fields that do not apply stay undefined, and so do `limit`, `labels`, the place of
 * `images` and a folder's `crop` where the file has none.
 */
export function resolveDataset(dataset: DatasetConfig): DatasetConfig {
  const resolved: Record<string, unknown> = { ...dataset };
  for (const [field, value] of Object.entries(SOURCE_DEFAULTS[dataset.source])) resolved[field] ??= value;
  return resolved as unknown as DatasetConfig;
}

/** How many of `count` pictures are trained on; the others are held out for the evaluation. */
export function countTrained(count: number, { heldOut = 0 }: Pick<DatasetConfig, 'heldOut'>): number {
  return count - Math.round(count * heldOut);
}
