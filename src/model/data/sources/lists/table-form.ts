// (pure) In which form a list is written, decided by its content: what separates cells, where the header and the rows are.

import { DataError } from '../source.ts';
import { BAR, COMMA, cellText, createRecord, isBlank, readRecord, SEMICOLON, type Separator, TAB, WHITE_SPACE } from './record.ts';
import { LABEL, readLabelAt } from './spellings.ts';

export interface TableForm {
  separator: Separator;
  /** A name for each column; empty where the header has none. */
  header: string[];
  /** Of the header, from 1; 0 where there is none. */
  headerLine: number;
  /** Where the rows begin: the byte, and its line from 1. */
  start: number;
  line: number;
  /** How many rows the first line says that there are, as in CelebA's text lists. */
  count: number | undefined;
  /** Of lines above the header that are none: a title, a comment. */
  titles: number[];
}

/** In messages. */
export const SEPARATOR_NAMES = new Map<Separator, string>([
  [TAB, 'tabs'],
  [SEMICOLON, 'semicolons'],
  [COMMA, 'commas'],
  [BAR, 'bars'],
  [WHITE_SPACE, 'blanks'],
]);

/** Records at the beginning that the form is told from. */
const SAMPLE = 200;
/** Lines that may stand above the header beside those that are understood. */
const MOST_TITLES = 3;
const PICTURE = /\.(jpe?g|jpe|jfif|png|webp|gif|bmp|tiff?|avif|hei[cf])$/i;

/**
 * One separator for the whole file: the one that sets the most labels apart in rows that are as long as the header, or longer by the
 * picture's name, which CelebA's lists and R leave unnamed. A line `sep=;` and a first line that counts the pictures are understood; titles
 * and comments are told from the header by what stands below. `file` names the list in messages. Throws a DataError where there is no header over columns.
 */
export function detectForm(bytes: Buffer, file: string): TableForm {
  const { top, best } = findBest(bytes);
  checkHeader(best, { file, line: top.line });
  const { separator, header, start, line } = best;
  return { separator, header, headerLine: top.line, start, line, count: top.count, titles: top.titles };
}

/** Whether most rows of a text are as long as its header and hold a label. */
export function looksLikeLabels(bytes: Buffer): boolean {
  const { top, best } = findBest(bytes);
  if (best.fitting * 2 <= best.rows || best.labels < best.fitting || best.fitting === 0) return false;
  checkHeader(best, { file: '', line: top.line });
  return true;
}

/** What separates the cells of a list that may have no header: what is in its first line. */
export function detectSeparator(bytes: Buffer): Separator {
  const record = createRecord();
  const cellsWith = (separator: Separator) => {
    readRecord(bytes, 0, separator, record);
    return record.cells;
  };
  return [TAB, SEMICOLON, COMMA, BAR].find((separator) => cellsWith(separator) > 1) ?? WHITE_SPACE;
}

function findBest(bytes: Buffer): { top: Top; best: Tried } {
  let top = readTop(bytes);
  let found = { top, best: findSeparator(bytes, top) };
  while (top.titles.length < MOST_TITLES) {
    top = skipTitle(bytes, top);
    const best = findSeparator(bytes, top);
    if (best.rows > 0 && isBetterHeader(best, found.best)) found = { top, best };
  }
  return found;
}

/** The row below a header is none: it has labels, which would be lost, or names a picture. */
function isBetterHeader(a: Tried, b: Tried): boolean {
  if (a.header.some((name) => PICTURE.test(name))) return false;
  const unnamed = ({ header }: Tried) => header.length - new Set(header.filter((name, i) => i === 0 || name !== '')).size;
  if (a.labels !== b.labels) return a.labels > b.labels;
  return a.isNameless === b.isNameless ? unnamed(a) < unnamed(b) : b.isNameless;
}

function findSeparator(bytes: Buffer, top: Top): Tried {
  const tried = (top.separator === undefined ? [...SEPARATOR_NAMES.keys()] : [top.separator]).map((separator) =>
    tryForm(bytes, separator, top),
  );
  return tried.reduce((a, b) => (isBetter(b, a) ? b : a));
}

function skipTitle(bytes: Buffer, top: Top): Top {
  const record = createRecord();
  const titles = [...top.titles, top.line];
  let { at, line } = top;
  do {
    readRecord(bytes, at, NO_SEPARATOR, record);
    at = record.next;
    line += record.lines;
  } while (at < bytes.length && isBlankAt(bytes, at));
  return { ...top, at, line, titles };
}

/** Whole lines. */
const NO_SEPARATOR: Separator = 0;

function isBlankAt(bytes: Buffer, at: number): boolean {
  const record = createRecord();
  readRecord(bytes, at, NO_SEPARATOR, record);
  return isBlank(record);
}

interface Top {
  separator?: Separator;
  count?: number;
  at: number;
  line: number;
  /** Lines that were skipped as titles. */
  titles: number[];
}

/** What may stand above the header. */
function readTop(bytes: Buffer): Top {
  const record = createRecord();
  const top: Top = { at: 0, line: 1, titles: [] };
  for (let lines = 0; lines < SAMPLE && top.at < bytes.length; lines++) {
    readRecord(bytes, top.at, WHITE_SPACE, record);
    const first = bytes.toString('utf8', top.at, Math.min(record.next, top.at + 40)).trim();
    const separator = /^"?sep=(.)"?$/i.exec(first)?.[1] ?? (/^"?sep="?$/i.test(first) ? '\t' : undefined);
    if (separator !== undefined) top.separator = separator.charCodeAt(0);
    else if (top.count === undefined && record.cells === 1 && /^\d+$/.test(first)) top.count = Number(first);
    else if (!isBlank(record)) break;
    top.at = record.next;
    top.line += record.lines;
  }
  return top;
}

interface Tried {
  separator: Separator;
  header: string[];
  start: number;
  line: number;
  /** Labels in rows that fit the header. */
  labels: number;
  fitting: number;
  rows: number;
  isNameless: boolean;
}

function tryForm(bytes: Buffer, separator: Separator, top: Top): Tried {
  const record = createRecord();
  readRecord(bytes, top.at, separator, record);
  const cells = Array.from({ length: record.cells }, (_, i) => cellText(bytes, record, i));
  const tried = { separator, start: record.next, line: top.line + record.lines };
  const rows = sampleRows(bytes, tried);
  const named = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1); // a spreadsheet that was wider once
  const widest = rows.reduce((most, { filled }) => Math.max(most, filled), 0);
  const fitting = ({ length }: string[]) => rows.filter(({ cells }) => cells === length || (cells > length && widest <= length));
  const header = [cells, named, ['', ...named]].reduce((a, b) => (fitting(b).length > fitting(a).length ? b : a));
  const fit = fitting(header);
  return {
    ...tried,
    header: rows.length === 0 ? named : header,
    labels: fit.reduce((sum, row) => sum + row.labels, 0),
    fitting: fit.length,
    rows: rows.length,
    isNameless: header.length > cells.length,
  };
}

/** `filled`: cells without the empty ones at the end. */
function sampleRows(bytes: Buffer, { start, separator }: Pick<Tried, 'start' | 'separator'>) {
  const record = createRecord();
  const rows: { cells: number; filled: number; labels: number }[] = [];
  for (let at = start; at < bytes.length && rows.length < SAMPLE; at = record.next) {
    readRecord(bytes, at, separator, record);
    if (isBlank(record)) continue;
    let labels = 0;
    let filled = 0;
    for (let i = 0; i < record.cells; i++) {
      if (record.ends[i]! > record.starts[i]!) filled = i + 1;
      const label = readLabelAt(bytes, record.starts[i]!, record.ends[i]!);
      if (label === LABEL.yes || label === LABEL.no) labels++;
    }
    rows.push({ cells: record.cells, filled, labels });
  }
  return rows;
}

function isBetter(a: Tried, b: Tried): boolean {
  if (a.labels !== b.labels) return a.labels > b.labels;
  if (a.isNameless !== b.isNameless) return b.isNameless;
  if (a.fitting !== b.fitting && a.header.length > 1 && b.header.length > 1) return a.fitting > b.fitting;
  return a.header.length > 1 && b.header.length === 1;
}

function checkHeader({ header, rows }: Tried, { file, line }: { file: string; line: number }): void {
  const expected = `${file}:${line}: expected a header: a column for the picture's file, then one for each attribute`;
  const picture = header.find((name) => PICTURE.test(name));
  if (picture !== undefined) throw new DataError(`${expected}; found the picture "${picture}"`);
  if (header.length < 2) throw new DataError(`${expected}; found ${header[0] ? `only "${header[0].slice(0, 40)}"` : 'nothing'}`);
  if (rows > 0 && header.every((name) => name === '' || readLabelAt(Buffer.from(name), 0, Buffer.byteLength(name)) !== LABEL.other))
    throw new DataError(`${expected}; found the row "${header.join(', ').slice(0, 40)}"`);
}
