// The pictures and labels that a run learns from, as run.json keeps them.

import { formatCount, plural } from '../../experiment/units.ts';
import type { DataRecord } from '../../results/records.ts';
import { type Fact, Facts } from './config-list.tsx';

/** Nothing relies on more than check-records.ts has looked at: another version may have written the record. */
export function RunData({ data }: { data: DataRecord }) {
  const { pictures, leftOut, leftOutReasons, leftOutFile, enlarged } = data;
  const { warnings, having, filesSha256, pixelsSha256 } = data;
  const facts: Fact[] = [
    ['Pictures', formatCount(pictures)],
    ['Left out', describeLeftOut(leftOut, leftOutReasons)],
    ...(leftOut > 0 && typeof leftOutFile === 'string' ? [['All of them', leftOutFile] satisfies Fact] : []),
    ...(typeof enlarged === 'number' && enlarged > 0
      ? [['Enlarged', `${plural(enlarged, 'picture')} smaller than asked for`] satisfies Fact]
      : []),
    ...Object.entries(having).map(([name, count]): Fact => [name, `${formatCount(count)} (${((count / pictures) * 100).toFixed(1)} %)`]),
    ...warnings.map((line): Fact => ['Note', line]),
    ...(typeof filesSha256 === 'string' ? [['Content of the files', `SHA-256 ${filesSha256}`] satisfies Fact] : []),
    ['Pixels', `SHA-256 ${pixelsSha256}`],
  ];
  return <Facts facts={facts} />;
}

function describeLeftOut(count: number, reasons: DataRecord['leftOutReasons']): string {
  if (count === 0) return 'none';
  return `${formatCount(count)}: ${reasons.map((reason) => `${formatCount(reason.count)} such as ${reason.example}`).join('; ')}`;
}
