// A table as CSV: RFC 4180 but for its lines, which end with a line feed.

import { closeSync, openSync } from 'node:fs';
import { writeAll } from '../files/write.ts';
import { type Cell, type Column, formatCell, type TableFile } from './table.ts';

/** With a header; what is not known is empty. The file must not exist. */
export function createCsv(path: string, columns: readonly Column[]): TableFile {
  const file = openSync(path, 'wx');
  let pending = '';
  const flush = () => {
    writeAll(file, Buffer.from(pending));
    pending = '';
  };
  const append = (row: readonly Cell[]) => {
    pending += `${row.map(formatCell).join(',')}\n`;
    if (pending.length > FLUSH_AT) flush();
  };
  append(columns.map(({ name }) => name));
  return {
    append,
    close() {
      try {
        flush();
      } finally {
        closeSync(file);
      }
    },
  };
}

const FLUSH_AT = 1 << 18;
