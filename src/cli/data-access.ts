// Gives the runner access to data sets: tells their identity, packs them, and makes the oracles ready that judge the runs, with progress
// shown.

import { usesOracle } from '../experiment/evaluation-plan.ts';
import type { DatasetConfig, RunConfig } from '../experiment/schema/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import { defaultCacheRoot } from '../machine/cache-root.ts';
import { packDataset } from '../model/data/packing/pack.ts';
import { identifyDataset } from '../model/data/sources/index.ts';
import { describeConstant } from '../model/data/statistics.ts';
import { checkGraphModel } from '../model/evaluation/graph-model-files.ts';
import { groupBy } from '../results/compare/choose-runs.ts';
import type { DataAccess } from '../runner/sweep-request.ts';
import { prepareOracle } from './prepare-oracle.ts';
import { createPreparationProgress } from './progress/preparation.ts';

/**
 * `oracleMaker`: the program that makes an oracle; null where the runs are carried out by a trainer that has no use for one. `prepare`
 * rejects with a UserError where the data set of a run, or its network for features, will not do, and with the signal's reason once it is
 * aborted.
 */
export function createDataAccess({ oracleMaker }: { oracleMaker: string | null }): DataAccess {
  return {
    identifyDataset,
    async prepare(configs, signal) {
      const judged: RunConfig[] = [];
      for (const sharing of groupBy(configs, ({ dataset }) => JSON.stringify(dataset))) {
        signal.throwIfAborted();
        const pictures = await pack(sharing, signal);
        requireFullBatch(sharing, pictures);
        judged.push(...sharing.filter(({ evaluation, training }) => evaluation && usesOracle(evaluation, { ...training, pictures })));
      }
      if (oracleMaker === null) return;
      for (const path of new Set(judged.flatMap(({ evaluation }) => evaluation.features ?? []))) checkGraphModel(path);
      for (const sharing of groupBy(judged, ({ dataset, augmentation }) => JSON.stringify([dataset, augmentation.rotations]))) {
        const { dataset, augmentation } = sharing[0]!;
        await prepareOracle({ dataset, rotations: augmentation.rotations }, { maker: oracleMaker, what: describeDataset(dataset), signal });
      }
    },
  };
}

/** Packs the data that these runs share, and warns of their attributes that are constant in it. Returns how many pictures there are. */
async function pack(sharing: readonly RunConfig[], signal: AbortSignal): Promise<number> {
  const { dataset } = sharing[0]!;
  const progress = createPreparationProgress(`Packing ${describeDataset(dataset)}`);
  try {
    const packed = await packDataset(dataset, {
      cacheRoot: defaultCacheRoot(),
      onProgress: progress.onProgress,
      onNotice: progress.note,
      signal,
    });
    packed.close();
    const names = [...new Set(sharing.flatMap(({ attributes }) => attributes))];
    for (const line of describeConstant(packed.manifest, names)) progress.note(line);
    return packed.count;
  } finally {
    progress.close();
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
