// (pure) The report on a data set as text.

import { formatCount, plural } from '../../experiment/units.ts';
import { type DataReport, describeDuplicate, describeLabels, type Reasons } from '../../model/data/report/data-report.ts';
import type { Paint } from '../text/paint.ts';
import { type Cell, formatTable } from '../text/table.ts';

interface Options {
  /** The data set in words. */
  what: string;
  /** The attributes that runs learn. */
  used: readonly string[];
  /** Where the contact sheet is; null: none was drawn. */
  sheet: string | null;
  paint: Paint;
}

const MOST_KINDS = 5;
/** More attributes than these, and only those are shown that runs learn, that teach little, or that repeat another. */
const MOST_ATTRIBUTES = 60;
const MOST_PAIRS = 20;

export function renderReport(report: DataReport, { what, used, sheet, paint }: Options): string {
  const { pictures, imageSize, leftOut, oddities, leftOutFile } = report;
  const { enlarged, filesSha256, pixelsSha256, duplicates } = report;
  const lines = [
    `${what}: ${plural(pictures, 'picture')}`,
    ...describeReasons(`${formatCount(leftOut.count)} of ${plural(pictures + leftOut.count, 'picture')} left out`, leftOut),
    ...describeReasons(plural(oddities.count, 'oddity', 'oddities'), oddities),
    ...(leftOutFile === null ? [] : [`  all listed in ${leftOutFile}`]),
    ...(enlarged ? [`  ${plural(enlarged, 'picture')} smaller than ${imageSize}x${imageSize}: enlarged`] : []),
    `  content ${filesSha256 === null ? '' : `of the files ${filesSha256.slice(0, 12)}, `}of the pixels ${pixelsSha256.slice(0, 12)}`,
    ...renderAttributes(report, used, paint),
    ...duplicates.slice(0, MOST_PAIRS).map(describeDuplicate),
    ...(duplicates.length > MOST_PAIRS ? [`… and ${plural(duplicates.length - MOST_PAIRS, 'more pair')} (--json has all)`] : []),
    ...(sheet === null ? [] : [`Contact sheet: ${sheet}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What is said of a data set before training, where its attributes are of interest only as far as they teach little. */
export function summarizeReport(report: DataReport, { what, used }: Pick<Options, 'what' | 'used'>): string[] {
  const { pictures, leftOut, enlarged, imageSize } = report;
  const parts = [
    plural(pictures, 'picture'),
    ...(leftOut.count > 0 ? [`${formatCount(leftOut.count)} left out`] : []),
    ...(enlarged ? [`${formatCount(enlarged)} smaller than ${imageSize}x${imageSize}`] : []),
  ];
  return [`${what}: ${parts.join(', ')}.`, ...describeLabels(report, used)];
}

function describeReasons(title: string, { count, kinds }: Reasons): string[] {
  if (count === 0) return [];
  const rest = kinds.slice(MOST_KINDS).reduce((sum, kind) => sum + kind.count, 0);
  return [
    `  ${title}`,
    ...kinds.slice(0, MOST_KINDS).map((kind) => `    ${formatCount(kind.count)} such as ${kind.example.name}: ${kind.example.reason}`),
    ...(rest > 0 ? [`    ${formatCount(rest)} for other reasons`] : []),
  ];
}

function renderAttributes({ pictures, attributes, duplicates }: DataReport, used: readonly string[], paint: Paint): string[] {
  const isShown = (name: string, note: string | null) =>
    attributes.length <= MOST_ATTRIBUTES ||
    used.includes(name) ||
    note !== null ||
    duplicates.slice(0, MOST_PAIRS).some((pair) => pair.other === name);
  const shown = attributes.filter(({ name, note }) => isShown(name, note));
  const rows = shown.map(({ name, having, note }): Cell[] => [
    { text: name },
    { text: used.includes(name) ? 'used' : '' },
    { text: formatCount(having) },
    { text: `${((having / pictures) * 100).toFixed(1)} %` },
    {
      text: note === 'constant' ? 'nothing can be learned of it' : note === 'rare' ? 'very rare: little can be learned of it' : '',
      colour: 'yellow',
    },
  ]);
  const hidden = attributes.length - shown.length;
  return [
    '',
    formatTable(['attribute', '', 'pictures', 'share', ''], rows, { paint, right: [2, 3] }),
    ...(hidden > 0 ? [`… and ${plural(hidden, 'attribute')} that no run uses (--json has all)`] : []),
    '',
  ];
}
