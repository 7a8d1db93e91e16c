// (pure) What of a run's configuration is not as it would be had its file said nothing.

import { resolveDataset } from '../../experiment/schema/dataset.ts';
import { listPresetFields } from '../../experiment/schema/presets.ts';
import { findPreset } from '../../experiment/schema/resolve-preset.ts';
import { runConfigSchema } from '../../experiment/schema/schema.ts';
import type { RunRecord } from '../../results/records.ts';
import type { Scalar } from './api.ts';
import { flattenConfig } from './parameters.ts';

export interface DifferingField {
  field: string;
  value: Scalar;
  /** null: a field that has none. */
  usual: Scalar;
}

/**
 * The defaults are those of today's schema, for the same attributes and source of data; of what a preset decides, the preset's. Empty for a
 * configuration that today's schema does not take.
 */
export function listDiffering({ config }: Pick<RunRecord, 'config'>): DifferingField[] {
  const { attributes, dataset, model } = (config ?? {}) as Partial<RunRecord['config']>;
  const parsed = runConfigSchema.safeParse({ attributes, dataset: { source: dataset?.source } });
  if (!parsed.success) return [];
  const usual = flattenConfig({ ...parsed.data, dataset: resolveDataset(parsed.data.dataset) });
  for (const [field, value] of listPresetFields(findPreset(model?.preset))) usual.set(field, flattenConfig({ value }).get('value')!);
  const own = flattenConfig(config);
  const fields = [...new Set([...own.keys(), ...usual.keys()])];
  return fields
    .map((field): DifferingField => ({ field, value: own.get(field) ?? null, usual: usual.get(field) ?? null }))
    .filter(({ value, usual }) => value !== usual);
}
