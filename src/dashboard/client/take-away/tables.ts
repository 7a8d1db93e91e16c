// (pure) What the page shows as tables with a head, to be written as CSV or JSON.

import { formatCell } from '../../../results/export/table.ts';
import type { ComparisonReply } from '../../data/api.ts';
import type { Range } from '../curves/axis.ts';
import type { ChartLine } from '../curves/lines.ts';
import type { End, Headline } from '../headline/plots.ts';

type Value = string | number | boolean | null | undefined;

/** Column -> value, a record a row; all rows have the same columns. */
export type Row = Record<string, Value>;

/** RFC 4180 with line feeds. What is not known, or no number, is empty. */
export function writeCsv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))];
  return `${lines.map((cells) => cells.join(',')).join('\n')}\n`;
}

export function writeJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 1)}\n`;
}

function cell(value: Value): string {
  return formatCell(typeof value === 'number' && !Number.isFinite(value) ? null : (value ?? null));
}

/** The points in sight of each line of a chart; of groups with how many members there are and what lies around the mean. */
export function tabulateChart(metric: string, lines: readonly ChartLine[], { min, max }: Range): Row[] {
  const isOfGroups = lines.some(({ points }) => points[metric]?.some(({ spread }) => spread !== null));
  return lines.flatMap(({ label, points }) =>
    (points[metric] ?? [])
      .filter(({ x }) => x >= min && x <= max)
      .map(
        ({ step, value, raw, spread }): Row => ({
          line: label,
          step,
          [metric]: value,
          recorded: raw,
          ...(isOfGroups && { members: spread?.count, deviation: spread?.deviation, min: spread?.min, max: spread?.max }),
        }),
      ),
  );
}

/** A row for each point of each plot: what tells it from the others, mean, deviation and the single runs that they are of. */
export function tabulateHeadline({ reply, layout, end }: { reply: ComparisonReply; layout: Headline; end: End }): Row[] {
  return layout.plots.flatMap(({ metric, lines }) =>
    lines.flatMap((line) =>
      line.points.map(({ index, mean, deviation, values, isBest }): Row => {
        const { values: fields, attributes, runs } = reply.points[index]!;
        return {
          metric: metric.name,
          checkpoint: end,
          ...fields,
          number_of_attributes: attributes,
          mean,
          deviation,
          runs: runs.length,
          values: values.join(' '),
          is_best: isBest,
          real_pictures: reply.real[metric.name] ?? null,
        };
      }),
    ),
  );
}
