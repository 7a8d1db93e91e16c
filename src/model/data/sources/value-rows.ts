// Room: model/data/sources. Reads rows of a name and small integers, as CelebA's lists have them: 8 million values in a moment.

export interface ValueRows {
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

/** Fields end at commas, quotes and white space of any length, so CRLF, double spaces and CSV all read the same. */
export function readValueRows(bytes: Buffer, { start, line, columns, meaning, expected }: Options): ValueRows {
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
    if (field !== -1 && field !== width)
      fault = `line ${line}: expected ${width} ${width === 1 ? 'value' : 'values'} after the name, found ${field}`;
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
