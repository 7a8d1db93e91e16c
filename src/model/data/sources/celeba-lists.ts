// (pure) CelebA's two lists, in the official text form and in the CSV form of Kaggle.

import { plural } from '../../../experiment/units.ts';
import type { LabelRows } from './listing.ts';
import { DataError, type Fault } from './source.ts';

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

/** Rows of a name and small integers, as both lists have them. */
interface ValueRows {
  names: string[];
  /** [names.length, columns.length]; without meaning in a row that has a fault. */
  values: Uint8Array;
  /** Row -> what is wrong with it, with its line number. */
  faults: Map<number, string>;
}

interface Options {
  /** Where the rows begin: the byte, and its line number from 1. */
  start: number;
  line: number;
  columns: readonly string[];
  /** What -1, 0, 1 and 2 mean in this list, in this order; undefined where the number has no place. */
  meaning: readonly [number?, number?, number?, number?];
  /** Said of any other value. */
  expected: string;
}

const NEWLINE = 10;
const COMMA = 44;
const MINUS = 45;
const QUOTE = 34;

/**
 * Reads 8 million values in a moment. Fields end at commas, quotes and white space of any length, so CRLF, double spaces and CSV all read
 * the same.
 */
function readValueRows(bytes: Buffer, { start, line, columns, meaning, expected }: Options): ValueRows {
  const rows: ValueRows = { names: [], values: new Uint8Array(countLines(bytes, start) * columns.length), faults: new Map() };
  const width = columns.length;
  for (let at = start; at < bytes.length; line++) {
    let end = bytes.indexOf(NEWLINE, at);
    if (end === -1) end = bytes.length;
    let field = -1; // the name comes first
    let fault: string | undefined;
    const row = rows.names.length;
    while (at < end) {
      if (isSeparator(bytes[at]!)) {
        at++;
        continue;
      }
      const from = at;
      while (at < end && !isSeparator(bytes[at]!)) at++;
      if (field === -1) rows.names.push(bytes.toString('utf8', from, at));
      else if (field < width) {
        const value = meaning[smallInteger(bytes, from, at) + 1];
        if (value !== undefined) rows.values[row * width + field] = value;
        else
          fault ??= `line ${line}: expected ${expected} for ${columns[field]}, found "${bytes.toString('utf8', from, Math.min(at, from + 40))}"`;
      }
      field++;
    }
    if (field !== -1 && field !== width) fault = `line ${line}: expected ${plural(width, 'value')} after the name, found ${field}`;
    if (fault) rows.faults.set(row, fault);
    at = end + 1;
  }
  return { ...rows, values: rows.values.subarray(0, rows.names.length * width) };
}

function countLines(bytes: Buffer, start: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

function isSeparator(byte: number): boolean {
  return byte <= 32 || byte === COMMA || byte === QUOTE;
}

/** -1, 0, 1 or 2; anything else gives 3, which no list has a meaning for. */
function smallInteger(bytes: Buffer, from: number, to: number): number {
  const digit = bytes[to - 1]! - 48;
  if (to - from === 1 && digit >= 0 && digit <= 2) return digit;
  if (to - from === 2 && bytes[from] === MINUS && digit === 1) return -1;
  return 3;
}
