// (pure) The rows of a comparison by what they are of: so many attributes, and one kind of model.

import type { ComparedPoint, Comparison } from '../../src/results/compare/compare-points.ts';
import type { RunResult } from '../../src/results/compare/run-result.ts';
import { measureSpread, type Spread } from '../../src/results/compare/spread.ts';
import type { AttributeMeasure } from '../../src/results/records.ts';

export interface Point {
  /** What else the sweep varies: "article". */
  model: string;
  /** How many attributes the model is asked to learn. */
  count: number;
  row: ComparedPoint;
  /** The runs of the row, by seed. */
  runs: (RunResult & { folder: string })[];
}

interface Sources {
  runs: readonly RunResult[];
  folderOf: (id: string) => string;
}

/** By model in the order of the file, then by count. Rows whose oracle differs are not told apart here: the comparison's notes say so. */
export function listPoints({ rows, fields }: Comparison, { runs, folderOf }: Sources): Point[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const points = rows.map((row): Point => {
    const own = row.runs.toSorted((a, b) => a.seed - b.seed).map(({ id }) => ({ ...byId.get(id)!, folder: folderOf(id) }));
    const others = fields.filter((field) => field !== 'attributes' && field !== 'experiment');
    return {
      model: others.map((field) => row.values[field]).join(', ') || 'all',
      count: own[0]!.work!.config.attributes.length,
      row,
      runs: own,
    };
  });
  const models = listModels(points);
  return points.sort((a, b) => models.indexOf(a.model) - models.indexOf(b.model) || a.count - b.count);
}

export function listModels(points: readonly Point[]): string[] {
  return [...new Set(points.map(({ model }) => model))];
}

export function listCounts(points: readonly Point[]): number[] {
  return [...new Set(points.map(({ count }) => count))].sort((a, b) => a - b);
}

export interface AttributeSpread {
  name: string;
  /** Balanced accuracy relative to the oracle's own on real pictures. */
  relative: Spread;
}

/** Each attribute that the oracle can judge, over the runs of a point, at their last checkpoints; the lowest mean first. */
export function listAttributes({ runs }: Point): AttributeSpread[] {
  const measures = runs.map(({ evaluation }): Record<string, AttributeMeasure> => evaluation?.last.attributes ?? {});
  const names = [...new Set(measures.flatMap((each) => Object.keys(each)))];
  const spreads = names.map((name) => ({
    name,
    relative: measureSpread(measures.map((each) => (each[name]?.reliable ? each[name].relative : null))),
  }));
  const judged = spreads.filter((each): each is AttributeSpread => each.relative !== null);
  return judged.sort((a, b) => a.relative.mean - b.relative.mean);
}
