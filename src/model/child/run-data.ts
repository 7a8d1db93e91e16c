// The data behind a run, and what the columns of its sample grids ask for, which the usual labels of that data decide.

import { existsSync } from 'node:fs';
import { vocabularyOf } from '../../experiment/sample-condition.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import { defaultCacheRoot, formerFolderOf, packedFolder } from '../../machine/cache-root.ts';
import { readTraining } from '../../results/read.ts';
import type { RunRecord } from '../../results/records.ts';
import { countStepsPerEpoch } from '../data/batches.ts';
import { packDataset } from '../data/packing/pack.ts';
import { openPacked, type PackedDataset } from '../data/packing/packed.ts';
import { DataError } from '../data/sources/source.ts';
import { usualLabels } from '../data/statistics.ts';
import { type Column, sampleColumns } from '../generation/conditions.ts';

/**
 * The pictures that the run began with, packed already as a rule; packed again where the cache has lost them since. Throws a DataError where
 * they are others by now, and the former ones are not in the cache.
 */
export async function openRunData({ config, data, dataIdentity }: RunRecord): Promise<PackedDataset> {
  const folder = packedFolder(defaultCacheRoot(), config.dataset.source, dataIdentity);
  const own = data && formerFolderOf(folder, data.pixelsSha256);
  if (own && existsSync(own)) return openPacked(own);
  const packed = existsSync(folder) ? openPacked(folder) : await packDataset(config.dataset, { cacheRoot: defaultCacheRoot() });
  if (packed.manifest.identity !== dataIdentity)
    throw new DataError(
      `dataset: the pictures or labels have changed since this run began (${dataIdentity}, now ${packed.manifest.identity}). Start the experiment again for a new run.`,
    );
  if (data?.filesSha256 && packed.manifest.filesSha256 && packed.manifest.filesSha256 !== data.filesSha256)
    throw new DataError(
      `dataset: pictures have changed since this run began, under the same names, and the former ones are no longer in the cache (content ${data.filesSha256.slice(0, 12)}, now ${packed.manifest.filesSha256.slice(0, 12)}). Bring them back and start with --retry-failed, or delete this run and start again.`,
    );
  return packed;
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
