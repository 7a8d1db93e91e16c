// What `facet plan` says of data that are packed already. Packs nothing and writes nothing.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { findCacheRoot } from '../../machine/cache-root.ts';
import { lookAtPack } from '../../model/data/packing/look.ts';
import { type DataReport, reportData } from '../../model/data/report/data-report.ts';
import { groupBy } from '../../results/compare/choose-runs.ts';
import { describeDataset } from '../data-access.ts';
import { summarizeReport } from './render-report.ts';

export interface PackedData {
  report: DataReport;
  /** A line each. */
  notes: string[];
}

/** One for each data set of these runs that is packed. Rejects with a UserError as lookAtPack. */
export async function describePacked(configs: readonly RunConfig[]): Promise<PackedData[]> {
  const cacheRoot = findCacheRoot();
  if (cacheRoot === null) return []; // where nothing can have been packed
  const found: PackedData[] = [];
  for (const sharing of groupBy(configs, ({ dataset }) => JSON.stringify(dataset))) {
    const { dataset } = sharing[0]!;
    const look = await lookAtPack(dataset, { cacheRoot });
    if (look === null) continue;
    const report = reportData(look.packed, look.leftOut);
    look.packed.close();
    const used = [...new Set(sharing.flatMap(({ attributes }) => attributes))];
    const changed = look.isCurrent ? [] : ['Pictures have changed since they were packed: facet run packs them again.'];
    found.push({ report, notes: [...summarizeReport(report, { what: describeDataset(dataset), used }), ...changed] });
  }
  return found;
}
