// The data behind a run, and what the columns of its sample grids ask for, which the usual labels of that data decide.

import { existsSync } from 'node:fs';
import { vocabularyOf } from '../../experiment/sample-condition.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { readTraining } from '../../results/read.ts';
import type { RunRecord } from '../../results/records.ts';
import { countStepsPerEpoch } from '../data/batches.ts';
import { packedFolder } from '../data/packing/manifest.ts';
import { packDataset } from '../data/packing/pack.ts';
import { openPacked, type PackedDataset } from '../data/packing/packed.ts';
import { DataError } from '../data/sources/source.ts';
import { usualLabels } from '../data/statistics.ts';
import { type Column, sampleColumns } from '../generation/conditions.ts';

/** The data that the run id covers, packed already as a rule; packed again where the cache has lost it since. Throws a DataError. */
export async function openRunData({ config, dataIdentity }: RunRecord): Promise<PackedDataset> {
  const folder = packedFolder(defaultCacheRoot(), config.dataset.source, dataIdentity);
  if (existsSync(folder)) return openPacked(folder);
  const packed = await packDataset(config.dataset, { cacheRoot: defaultCacheRoot() });
  if (packed.manifest.identity === dataIdentity) return packed;
  throw new DataError(
    `dataset: the pictures or labels have changed since this run began (${dataIdentity}, now ${packed.manifest.identity}). Start the experiment again for a new run.`,
  );
}

/**
 * How many steps an epoch of a run has: as its trainer stored it; of a run of a former version, as its data tell, of which it left none
 * out.
 */
export function countStepsOfEpoch(folder: string, { training }: Pick<RunConfig, 'training'>, packed: PackedDataset): number {
  return readTraining(folder)?.stepsPerEpoch ?? countStepsPerEpoch(packed.count, training.batchSize);
}

/** `conditions`: all names of the run's label bits, the attributes first. */
export function chooseColumns(
  { attributes, dataset, samples }: Pick<RunConfig, 'attributes' | 'dataset' | 'samples'>,
  packed: PackedDataset,
  conditions: readonly string[],
): Column[] {
  return sampleColumns({
    attributes,
    rotations: conditions.slice(attributes.length),
    conditions: samples.conditions,
    vocabulary: vocabularyOf(packed.attributes, dataset.phrases),
    usual: (given) => usualLabels(packed, attributes, given),
  });
}
