// facet data FILE: what the data of an experiment hold, before anything is trained. Packs them where they are not packed yet.

import { join } from 'node:path';
import type { DatasetConfig, RunConfig } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { describeLeftOut } from '../../model/data/packing/left-out.ts';
import { type PackedSource, packDataset } from '../../model/data/packing/pack.ts';
import { type DataReport, reportData } from '../../model/data/report/data-report.ts';
import { groupBy } from '../../results/compare/choose-runs.ts';
import { writeFileAtomic } from '../../results/files/write.ts';
import { describeDataset } from '../data-access.ts';
import { EXIT } from '../exit-codes.ts';
import { loadExperiment } from '../load-experiment.ts';
import { createPreparationProgress } from '../progress/preparation.ts';
import { listenForStop } from '../stop-signals.ts';
import { createPaint } from '../text/paint.ts';
import { renderReport } from './render-report.ts';

export interface DataCommandOptions {
  file: string;
  set: string[];
  json: boolean;
  /** A PNG for the contact sheet; true: the default place; undefined: none is drawn. */
  sheet?: string | true;
}

export async function dataCommand({ file, set, json, sheet }: DataCommandOptions): Promise<number> {
  const experiment = await loadExperiment(file, set);
  const path = sheet === true ? `${experiment.name}-data.png` : sheet;
  if (path !== undefined && !/\.png$/i.test(path)) throw new UserError(`--sheet: expected a file that ends in .png, got ${quote(path)}`);
  const groups = groupBy(
    experiment.points.map(({ config }) => config),
    ({ dataset }) => JSON.stringify(dataset),
  );
  const listener = listenForStop();
  const { graceful } = listener.stop;
  try {
    const found: Found[] = [];
    for (const [i, sharing] of groups.entries())
      found.push(await look(sharing, { sheet: path && nameSheet(path, i), json, signal: graceful }));
    if (json) process.stdout.write(`${JSON.stringify({ format: 1, experiment: experiment.name, file, data: found }, null, 2)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!graceful.aborted) throw error;
    process.stdout.write('Stopped.\n');
    return EXIT.interrupted;
  } finally {
    listener.release();
  }
}

interface Found extends DataReport {
  dataset: DatasetConfig;
  /** The attributes that runs of the experiment learn. */
  used: string[];
  sheet: string | null;
}

interface Options {
  sheet: string | undefined;
  json: boolean;
  signal: AbortSignal;
}

async function look(sharing: readonly RunConfig[], { sheet, json, signal }: Options): Promise<Found> {
  const { dataset } = sharing[0]!;
  const what = describeDataset(dataset);
  const packed = await pack(dataset, { what, isSilent: json, signal });
  try {
    const report = reportData(packed, packed.leftOut);
    const used = [...new Set(sharing.flatMap(({ attributes }) => attributes))];
    if (sheet !== undefined) {
      const { drawContactSheet } = await import('../../model/data/report/contact-sheet.ts');
      writeFileAtomic(sheet, await drawContactSheet(packed));
    }
    if (!json) process.stdout.write(renderReport(report, { what, used, sheet: sheet ?? null, paint: createPaint(process.stdout) }));
    return { dataset, used, sheet: sheet ?? null, ...report };
  } finally {
    packed.close();
  }
}

/** Shows how far it is, and what was odd about the pack; what is left out, the report says. */
async function pack(
  dataset: DatasetConfig,
  { what, isSilent, signal }: { what: string; isSilent: boolean; signal: AbortSignal },
): Promise<PackedSource> {
  const progress = createPreparationProgress(`Packing ${what}`);
  const notices: string[] = [];
  try {
    const packed = await packDataset(dataset, {
      cacheRoot: defaultCacheRoot(),
      ...(!isSilent && { onProgress: progress.onProgress }),
      onNotice: (notice) => notices.push(notice),
      signal,
    });
    const reported = describeLeftOut(packed.leftOut, packed.count);
    if (!isSilent) for (const notice of notices) if (!reported.includes(notice)) progress.note(notice);
    return packed;
  } finally {
    progress.close();
  }
}

/** A sheet for each data set of the sweep: faces.png, faces-2.png, … */
function nameSheet(path: string, index: number): string {
  return index === 0 ? path : join(path.replace(/\.png$/i, `-${index + 1}.png`));
}
