// (pure) list_eval_partition: which pictures are of CelebA's train, valid and test parts, in any form of list.

import { cellText, createRecord, isBlank, readRecord } from './lists/record.ts';
import { detectSeparator } from './lists/table-form.ts';
import type { Fault } from './source.ts';

export interface Partition {
  /** 0 train, 1 valid, 2 test; undefined for a picture that the list does not have. Folders, capital letters and endings do not count. */
  of(name: string): number | undefined;
  /** Rows that cannot be read. */
  notices: Fault[];
}

const VALUES = new Map<string, number>([
  ...['0', '0.0', 'train', 'training'].map((word) => [word, 0] as const),
  ...['1', '1.0', 'valid', 'val', 'validation'].map((word) => [word, 1] as const),
  ...['2', '2.0', 'test', 'testing'].map((word) => [word, 2] as const),
]);
const HEADER = /^(partition|split|evaluation_status|eval_status|status)$/i;

/** `file` names the list in messages. The partition is the column that a header calls so, else the last one; the picture stands before it. */
export function parsePartition(bytes: Buffer, file: string): Partition {
  const exact = new Map<string, number>();
  const loose = new Map<string, number>();
  const notices: Fault[] = [];
  const separator = detectSeparator(bytes);
  const record = createRecord();
  let column = -1;
  for (let at = 0, line = 1; at < bytes.length; at = record.next, line += record.lines) {
    readRecord(bytes, at, separator, record);
    if (isBlank(record)) continue;
    const cells = Array.from({ length: record.cells }, (_, i) => cellText(bytes, record, i));
    const value = VALUES.get(cells.at(column)?.toLowerCase() ?? '');
    if (exact.size === 0 && value === undefined && !/\d$/.test(cells.at(-1)!)) {
      const named = cells.findIndex((cell) => HEADER.test(cell));
      if (named > 0) column = named;
      continue;
    }
    const name = cells.at(column - 1) ?? cells[0]!;
    if (value === undefined) {
      const found = cells.at(column)?.slice(0, 40) ?? '';
      notices.push({ name, reason: `${file} line ${line}: expected 0, 1 or 2 for the partition, found "${found}"` });
      continue;
    }
    exact.set(name, value);
    loose.set(looseName(name), value);
  }
  return { of: (name) => exact.get(name) ?? loose.get(looseName(name)), notices };
}

const looseName = (name: string): string =>
  name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replace(/\.\w{1,5}$/, '')
    .toLowerCase();
