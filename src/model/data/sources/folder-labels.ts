// The CSV of a folder source: first column the picture, the others attributes.

import { CsvError, type Info, parse } from 'csv-parse/sync';
import type { LabelRows } from './listing.ts';
import { DataError } from './source.ts';

const VALUES = new Map<string, 0 | 1>([
  ['1', 1],
  ['true', 1],
  ['0', 0],
  ['-1', 0],
  ['false', 0],
]);

/** `file` names the CSV in messages. Throws a DataError where its header or its quoting is unusable. */
export function parseFolderLabels(bytes: Buffer, file: string): LabelRows {
  const [header, ...records] = parseRecords(bytes, file);
  const attributes = checkHeader(header?.record, file);
  const rows: LabelRows = {
    attributes,
    names: records.map(({ record }) => normaliseName(record[0]!)),
    labels: new Uint8Array(records.length * attributes.length),
    faults: new Map(),
  };
  for (const [row, { record, info }] of records.entries()) {
    const fault = readLabels(record, attributes, rows.labels.subarray(row * attributes.length, (row + 1) * attributes.length));
    if (fault) rows.faults.set(row, `line ${info.lines}: ${fault}`);
  }
  return rows;
}

/** The attribute names alone. */
export function parseFolderHeader(bytes: Buffer, file: string): string[] {
  return checkHeader(parseRecords(bytes, file, 1)[0]?.record, file);
}

function parseRecords(bytes: Buffer, file: string, to?: number): { record: string[]; info: Info }[] {
  try {
    const records: unknown = parse(bytes, {
      delimiter: [',', ';', '\t'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      ...(to && { to }),
    });
    return records as { record: string[]; info: Info }[];
  } catch (cause) {
    if (cause instanceof CsvError) throw new DataError(`${file}: ${cause.message.split('\n')[0]}`, { cause });
    throw cause;
  }
}

function checkHeader(header: string[] | undefined, file: string): string[] {
  const [picture, ...attributes] = header ?? [];
  const expected = `${file}:1: expected a header: a column for the picture's file, then one for each attribute`;
  if (attributes.length === 0) throw new DataError(`${expected}; found ${picture === undefined ? 'nothing' : `only "${picture}"`}`);
  if (/\.(jpe?g|png|webp|gif)$/i.test(picture!)) throw new DataError(`${expected}; found the picture "${picture}"`);
  const unusable = attributes.find((name, i) => name === '' || attributes.indexOf(name) !== i);
  if (unusable === '') throw new DataError(`${expected}; found a column without a name`);
  if (unusable !== undefined) throw new DataError(`${expected}; found "${unusable}" twice`);
  return attributes;
}

function normaliseName(name: string): string {
  return name.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
}

function readLabels(record: string[], attributes: string[], into: Uint8Array): string | undefined {
  if (record.length !== attributes.length + 1) return `expected ${attributes.length + 1} columns, found ${record.length}`;
  for (const [i, name] of attributes.entries()) {
    const value = VALUES.get(record[i + 1]!.toLowerCase());
    if (value === undefined) return `expected 0, 1, -1, true or false for ${name}, found "${record[i + 1]!.slice(0, 40)}"`;
    into[i] = value;
  }
  return undefined;
}
