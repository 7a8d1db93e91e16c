// Gives the runner access to data sets: tells their identity, packs them, and makes the oracles ready that judge the runs, with progress
// shown.

import { usesOracle } from '../experiment/evaluation-plan.ts';
import type { DatasetConfig, RunConfig } from '../experiment/schema/schema.ts';
import { UserError } from '../experiment/user-error.ts';
import { defaultCacheRoot } from '../machine/cache-root.ts';
import { lookAtPack } from '../model/data/packing/look.ts';
import { packDataset } from '../model/data/packing/pack.ts';
import { recordData } from '../model/data/report/data-record.ts';
import { type DataReport, describeLabels, reportData } from '../model/data/report/data-report.ts';
import { identifyDataset } from '../model/data/sources/index.ts';
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
  const contents = new Map<string, Promise<string | null>>(); // what is read twice is of one moment
  return {
    identifyDataset,
    readContent(dataset) {
      const key = JSON.stringify(dataset);
      contents.set(key, contents.get(key) ?? readDataContent(dataset));
      return contents.get(key)!;
    },
    async prepare(configs, signal) {
      const judged: RunConfig[] = [];
      const reports = new Map<string, DataReport>();
      const packed = configs.filter(({ trainer }) => trainer === undefined || trainer.data === 'packed');
      for (const sharing of groupBy(packed, ({ dataset }) => JSON.stringify(dataset))) {
        signal.throwIfAborted();
        const report = await packData(sharing, signal);
        const { pictures } = report;
        reports.set(JSON.stringify(sharing[0]!.dataset), report);
        requireFullBatch(sharing, pictures);
        judged.push(
          ...sharing.filter(
            ({ trainer, evaluation, training }) => trainer === undefined && evaluation && usesOracle(evaluation, { ...training, pictures }),
          ),
        );
      }
      const describe = ({ dataset, attributes }: RunConfig) => {
        const report = reports.get(JSON.stringify(dataset));
        return report && recordData(report, attributes);
      };
      if (oracleMaker === null) return describe;
      for (const path of new Set(judged.flatMap(({ evaluation }) => evaluation.features ?? []))) checkGraphModel(path);
      for (const sharing of groupBy(judged, ({ dataset, augmentation }) => JSON.stringify([dataset, augmentation.rotations]))) {
        const { dataset, augmentation } = sharing[0]!;
        await prepareOracle({ dataset, rotations: augmentation.rotations }, { maker: oracleMaker, what: describeDataset(dataset), signal });
      }
      return describe;
    },
  };
}

/** The content of the pictures of a data set (DataRecord.filesSha256); null where they are no files, or nothing is packed of them. */
export async function readDataContent(dataset: DatasetConfig): Promise<string | null> {
  if (dataset.source === 'synthetic') return null;
  const look = await lookAtPack(dataset, { cacheRoot: defaultCacheRoot() });
  look?.packed.close();
  return look?.filesSha256 ?? null;
}

/** Packs the data that these runs share, and warns of those of their attributes that teach little. */
export async function packData(sharing: readonly Pick<RunConfig, 'dataset' | 'attributes'>[], signal: AbortSignal): Promise<DataReport> {
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
    const report = reportData(packed, packed.leftOut);
    const names = [...new Set(sharing.flatMap(({ attributes }) => attributes))];
    for (const line of describeLabels(report, names)) progress.note(line);
    return report;
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

export function describeDataset({ source, images, root, imageSize }: DatasetConfig): string {
  return `${source === 'synthetic' ? `${images} synthetic faces` : root} at ${imageSize}x${imageSize}`;
}
