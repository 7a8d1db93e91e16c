// Room: model/data/sources. CelebA's two lists, in the official text form and in the CSV form of Kaggle.

import { DataError } from '../data-error.ts';
import type { LabelRows } from './listing.ts';
import type { Fault } from './source.ts';
import { readValueRows } from './value-rows.ts';

/** list_attr_celeba: `file` names it in messages, and its ending tells the form. A wrong count in the first line is a notice. */
export function parseAttributeList(bytes: Buffer, file: string): LabelRows & { notices: Fault[] } {
  const first = readLine(bytes, 0);
  const isCsv = file.endsWith('.csv');
  const count = !isCsv && /^\d+$/.test(first.text) ? Number(first.text) : undefined;
  const header = count === undefined ? first : readLine(bytes, first.end);
  const names = header.text.split(/[\s,"]+/).filter((name) => name !== '');
  const attributes = isCsv ? names.slice(1) : names;
  if (attributes.length === 0) throw new DataError(`${file}: expected a line of attribute names, found "${header.text.slice(0, 40)}"`);
  const repeated = attributes.find((name, i) => attributes.indexOf(name) !== i);
  if (repeated !== undefined) throw new DataError(`${file}: expected every attribute name once, found "${repeated}" twice`);
  const { values, ...rows } = readValueRows(bytes, {
    start: header.end,
    line: count === undefined ? 2 : 3,
    columns: attributes,
    meaning: [0, 0, 1],
    expected: '-1 or 1',
  });
  const notices: Fault[] = [];
  if (count !== undefined && count !== rows.names.length) {
    notices.push({ name: file, reason: `says ${count} pictures, has ${rows.names.length} rows` });
  }
  return { attributes, labels: values, ...rows, notices };
}

/** list_eval_partition: picture -> 0 train, 1 valid, 2 test. Rows that say anything else are notices. */
export function parsePartitionList(bytes: Buffer, file: string): { partitionOf: Map<string, number>; notices: Fault[] } {
  const first = readLine(bytes, 0);
  const hasHeader = !/[\s,"]-?\d+"?$/.test(first.text); // image_id,partition
  const { names, values, faults } = readValueRows(bytes, {
    start: hasHeader ? first.end : 0,
    line: hasHeader ? 2 : 1,
    columns: ['the partition'],
    meaning: [undefined, 0, 1, 2],
    expected: '0, 1 or 2',
  });
  const partitionOf = new Map<string, number>();
  for (const [row, name] of names.entries()) if (!faults.has(row)) partitionOf.set(name, values[row]!);
  return { partitionOf, notices: [...faults].map(([row, reason]) => ({ name: names[row]!, reason: `${file} ${reason}` })) };
}

function readLine(bytes: Buffer, start: number): { text: string; end: number } {
  const newline = bytes.indexOf(10, start);
  const end = newline === -1 ? bytes.length : newline + 1;
  return { text: bytes.toString('utf8', start, Math.min(end, start + 65_536)).trim(), end };
}
