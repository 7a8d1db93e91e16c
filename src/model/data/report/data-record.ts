// (pure) What run.json keeps of the data that a run learns from.

import type { DataRecord } from '../../../results/records.ts';
import { type DataReport, describeLabels } from './data-report.ts';

/** `names`: the run's attributes. */
export function recordData(report: DataReport, names: readonly string[]): DataRecord {
  const { pictures, leftOut, leftOutFile, enlarged, filesSha256, pixelsSha256, attributes } = report;
  const having = new Map(attributes.map((attribute) => [attribute.name, attribute.having]));
  return {
    pictures,
    leftOut: leftOut.count,
    leftOutReasons: leftOut.kinds
      .slice(0, MOST_REASONS)
      .map(({ count, example }) => ({ count, example: `${example.name}: ${example.reason}` })),
    leftOutFile,
    enlarged,
    filesSha256,
    pixelsSha256,
    having: Object.fromEntries(names.map((name) => [name, having.get(name) ?? 0])),
    warnings: describeLabels(report, names),
  };
}

const MOST_REASONS = 5;
