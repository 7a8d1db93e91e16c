// (pure) The report on the number of attributes as Markdown: what was compared, and the figures.

import { formatCount, plural } from '../../src/experiment/units.ts';
import { type ComparedPoint, type Comparison, hasOtherBest } from '../../src/results/compare/compare-points.ts';
import { explainJudge } from '../../src/results/compare/describe-judge.ts';
import { decimalsFor, formatSpread } from '../../src/results/compare/format-spread.ts';
import type { Spread } from '../../src/results/compare/spread.ts';
import { listAttributes, listCounts, listModels, type Point } from './points.ts';

/** Below this an attribute counts as lost. Ignored altogether it has 0.5 of the oracle's own accuracy. */
const LOST_BELOW = 0.75;
const LOWEST_NAMED = 5;

/** Lines of text. */
export function writeReport(
  comparison: Comparison,
  points: readonly Point[],
  { experiment, picture }: { experiment: string; picture: string },
): string[] {
  return [
    '# What each further attribute costs',
    '',
    `![Curves and faces of ${listCounts(points).join(', ')} attributes](${picture})`,
    '',
    ...describeMethod(comparison, points, experiment),
    '',
    ...(hasOtherBest(comparison.rows) ? ['At the last step:', ''] : []),
    ...tableOf(points, comparison, 'last'),
    ...(hasOtherBest(comparison.rows)
      ? ['', `At the best checkpoint of each run, by ${listBestBy(points)}:`, '', ...tableOf(points, comparison, 'best')]
      : []),
    '',
    '## Which attributes are lost first',
    '',
    `The lowest by their relative accuracy at the last step, means over the seeds. Lost: below ${LOST_BELOW}.`,
    '',
    ...tableOfLost(points),
  ];
}

function listBestBy(points: readonly Point[]): string {
  return [...new Set(points.flatMap(({ runs }) => runs.map(({ bestBy }) => bestBy)))].join(' or ');
}

function describeMethod({ judges, notes, leftOut }: Comparison, points: readonly Point[], experiment: string): string[] {
  const configs = points.flatMap(({ runs }) => runs.map(({ work }) => work!.config));
  const each = (of: (config: (typeof configs)[number]) => string | number) => [...new Set(configs.map(of))].join(' or ');
  const seeds = [...new Set(configs.map(({ training }) => training.seed))].sort((a, b) => a - b);
  const drawn = each(({ dataset }) =>
    dataset.source === 'synthetic' ? `${formatCount(Number(dataset.images ?? 0))} drawn faces` : dataset.source,
  );
  return [
    `${plural(configs.length, 'run')} of \`${experiment}\`: ${drawn}, ${each(({ training }) => training.epochs)} epochs in batches of ` +
      `${each(({ training }) => training.batchSize)}, width ${each(({ model }) => model.width)}, seeds ${seeds.join(', ')}; within a seed the same ` +
      'number of steps on the same pictures.',
    ...describeNesting(points),
    ...judges.map(explainJudge).filter((line) => line !== ''),
    'Relative accuracy is how well that oracle reads from generated pictures what was asked for (balanced: 0.5 where it is ignored), divided by how',
    'well it reads real ones; worst is the attribute that comes off worst in a run. Frechet distance is in the features of the oracle, and no FID.',
    'Diversity is within a condition, relative to real pictures. Seconds are by the clock, beside the runs that were trained at the same time.',
    '± is the sample standard deviation over the seeds.',
    ...notes,
    ...(leftOut.length > 0
      ? [`${plural(leftOut.length, 'run')} left out: ${[...new Set(leftOut.map(({ reason }) => reason))].join(', ')}.`]
      : []),
  ];
}

/** Head of the column, and the metric's name. */
const METRICS: readonly [string, string][] = [
  ['relative accuracy', 'relativeAccuracy'],
  ['worst', 'worstRelativeAccuracy'],
  ['Frechet distance', 'frechetDistance'],
  ['diversity', 'diversity'],
];

/** Which larger sets lack attributes of smaller ones: their accuracies are of other attributes, not of more. */
function describeNesting(points: readonly Point[]): string[] {
  const sets = new Map(points.map(({ count, runs }) => [count, runs[0]!.work!.config.attributes]));
  const counts = listCounts(points);
  const lacking = counts.flatMap((count) => {
    const smaller = new Set(counts.filter((other) => other < count).flatMap((other) => sets.get(other)!));
    const missing = [...smaller].filter((name) => !sets.get(count)!.includes(name));
    return missing.length === 0 ? [] : [`the ${count} lack ${missing.join(', ')}`];
  });
  return [`A larger set of attributes holds the smaller ones${lacking.length === 0 ? '' : `, except that ${lacking.join(', and ')}`}.`];
}

type Column = [head: string, spreadOf: (row: ComparedPoint) => Spread | null | undefined];

function tableOf(points: readonly Point[], { judges }: Comparison, end: 'last' | 'best'): string[] {
  const columns: Column[] = [
    ...METRICS.map(([head, name]): Column => [head, (row) => row[end][name]]),
    ...(end === 'last' ? [['seconds of training', ({ seconds }) => seconds] satisfies Column] : []),
  ];
  const decimalsOf = (spreadOf: Column[1]) => decimalsFor(points.map(({ row }) => spreadOf(row)?.mean ?? 0));
  const cellsOf = columns.map(([, spreadOf]) => {
    const decimals = decimalsOf(spreadOf);
    return (row: ComparedPoint) => formatSpread(spreadOf(row), { decimals, runs: row.runs.length });
  });
  const floor = judges.length === 1 ? judges[0]!.floor : {};
  const real = METRICS.map(([, name]) => floor[name]?.toFixed(decimalsOf((row) => row[end][name])) ?? '');
  const rows = points.map(({ model, count, row }) => [
    String(count),
    model,
    String(row.runs.length),
    ...cellsOf.map((cellOf) => cellOf(row)),
  ]);
  return formatTable([
    ['attributes', 'model', 'runs', ...columns.map(([head]) => head)],
    ...rows,
    ...(real.some((cell) => cell !== '') ? [['', 'real pictures', '', ...real, ...(end === 'last' ? [''] : [])]] : []),
  ]);
}

function tableOfLost(points: readonly Point[]): string[] {
  const models = listModels(points);
  const cellOf = (count: number, model: string): string[] => {
    const point = points.find((each) => each.count === count && each.model === model);
    const attributes = point === undefined ? [] : listAttributes(point);
    if (attributes.length === 0) return ['-', '-'];
    const lost = attributes.filter(({ relative }) => relative.mean < LOST_BELOW).length;
    const lowest = attributes.slice(0, LOWEST_NAMED).map(({ name, relative }) => `${name} ${relative.mean.toFixed(2)}`);
    return [lowest.join(', '), `${lost} of ${attributes.length}`];
  };
  return formatTable([
    ['attributes', ...models.flatMap((model) => [`lowest of ${model}`, 'lost'])],
    ...listCounts(points).map((count) => [String(count), ...models.flatMap((model) => cellOf(count, model))]),
  ]);
}

/** The first row is the head. Cells are padded, so that the table can be read as text too. */
function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  return [lines[0]!, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)];
}
