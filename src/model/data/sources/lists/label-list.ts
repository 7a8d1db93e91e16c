// (pure) A list of labels, whatever its form: the names of the pictures, and what each other column says of them.

import { DataError, type Fault } from '../source.ts';
import { choosePictureColumn, type FindFiles } from './picture-column.ts';
import { cellText, createRecord, isBlank, readRecord, type TextRecord } from './record.ts';
import { readLabelAt } from './spellings.ts';
import { detectForm, SEPARATOR_NAMES, type TableForm } from './table-form.ts';

export interface LabelList {
  /** How messages call it. */
  file: string;
  /** In the order of the file, without the pictures' column. Names may be empty or stand twice. */
  columns: string[];
  /** As the list writes them. */
  names: string[];
  /** LabelCode, [names.length, columns.length]. Without meaning in a row that has a fault. */
  codes: Uint8Array;
  /** Row -> why it cannot be read, with its line. */
  faults: Map<number, string>;
  notices: Fault[];
  /** `line 7` of a row, or another word for its place. */
  placeOf(row: number): string;
  /** What stands in a cell. */
  textAt(row: number, column: number): string;
}

/**
 * `findFiles` helps to tell which column names the pictures. Throws a DataError where there is
 * no header or a quote is never closed. A wrong count in the first line is a notice.
 */
export function parseLabelList(bytes: Buffer, file: string, findFiles: FindFiles): LabelList {
  const form = detectForm(bytes, file);
  const pictures = choosePictureColumn(bytes, form, findFiles);
  const columns = form.header.filter((_, i) => i !== pictures);
  const width = columns.length;
  const lines = countLineEnds(bytes, form.start);
  const names: string[] = [];
  const faults = new Map<number, string>();
  const starts: number[] = [];
  const lineOf: number[] = [];
  let codes = new Uint8Array(lines * width);
  const record = createRecord();
  const repeated: number[] = [];
  let line = form.line;
  for (let at = form.start; at < bytes.length; at = record.next, line += record.lines) {
    readRecord(bytes, at, form.separator, record);
    if (record.isOpen) throw new DataError(`${file}: a quote is opened and never closed, line ${line}`);
    if (isBlank(record)) continue;
    const row = names.length;
    const name = pictures < record.cells ? cellText(bytes, record, pictures) : '';
    if (name === form.header[pictures] && isHeader(bytes, record, form.header)) {
      repeated.push(line);
      continue;
    }
    names.push(name);
    starts.push(at);
    lineOf.push(line);
    if (name === '') faults.set(row, `line ${line}: the row names no picture`);
    const cells = countCells(record, form.header.length);
    if (cells !== form.header.length) {
      faults.set(row, `line ${line}: expected ${form.header.length} columns, found ${cells}${describeMix(bytes, at, form)}`);
      continue;
    }
    for (let cell = 0, column = 0; cell < form.header.length; cell++) {
      if (cell === pictures) continue;
      codes[row * width + column++] = readLabelAt(bytes, record.starts[cell]!, record.ends[cell]!);
    }
  }
  codes = codes.subarray(0, names.length * width);
  const notices: Fault[] = form.titles.map((line) => ({ name: file, reason: `line ${line} stands above the header and is left out` }));
  for (const line of repeated) notices.push({ name: file, reason: `line ${line} is the header again and is left out` });
  if (form.count !== undefined && form.count !== names.length)
    notices.push({ name: file, reason: `says ${form.count} pictures, has ${names.length} rows` });
  return {
    file,
    columns,
    names,
    codes,
    faults,
    notices,
    placeOf: (row) => `line ${lineOf[row]}`,
    textAt(row, column) {
      readRecord(bytes, starts[row]!, form.separator, record);
      return cellText(bytes, record, column < pictures ? column : column + 1);
    },
  };
}

/** As where lists were put one behind the other. */
function isHeader(bytes: Buffer, record: TextRecord, header: readonly string[]): boolean {
  return header.every((name, i) => (i < record.cells ? cellText(bytes, record, i) : '') === name);
}

/** Empty cells beyond the header do not count. */
function countCells({ cells, starts, ends }: TextRecord, width: number): number {
  let count = cells;
  while (count > width && ends[count - 1] === starts[count - 1]) count--;
  return count;
}

/** Where a row of another length would fit with another separator: that the file mixes them. */
function describeMix(bytes: Buffer, start: number, { separator, header }: TableForm): string {
  const record = createRecord();
  for (const [other, name] of SEPARATOR_NAMES) {
    if (other === separator) continue;
    readRecord(bytes, start, other, record);
    if (countCells(record, header.length) === header.length)
      return `; it is separated by ${name}, the file by ${SEPARATOR_NAMES.get(separator)}`;
  }
  return '';
}

function countLineEnds(bytes: Buffer, start: number): number {
  let lines = 1;
  for (let at = start; at < bytes.length; at++) if (bytes[at] === 0x0a || bytes[at] === 0x0d) lines++;
  return lines;
}
