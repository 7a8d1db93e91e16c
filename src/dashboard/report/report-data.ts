// What a report holds in place of a server: the answers to all that its page asks for. Types only; read by client/report.ts.

import type { ComparisonJson } from '../../results/compare/comparison-json.ts';
import type { BandsReply, ComparisonReply, ExperimentData, GridsReply, SeriesReply } from '../data/api.ts';
import type { ExperimentChanges } from '../wire.ts';

export interface ReportData {
  changes: ExperimentChanges;
  runs: ExperimentData;
  grids: GridsReply;
  series: SeriesReply;
  /** By the fields that make the groups, joined. */
  bands: Record<string, BandsReply>;
  /** By the field along x; '': the usual one. */
  comparison: Record<string, ComparisonReply>;
  /** What the table of the comparison is saved as; null where there are too many runs. */
  compared: ComparisonJson | null;
  /** By run id, then epoch: a picture as a data address. */
  pictures: Record<string, Record<string, string>>;
}

/** The element that holds it, as JSON. */
export const REPORT_DATA_ID = 'report-data';
/** Where the page of a report asks; client/report.ts answers. */
export const REPORT_API = 'report';
