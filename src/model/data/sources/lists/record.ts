// (pure) One record of a table in text after the other: where its cells begin and end.

/** A byte that ends cells. With WHITE_SPACE a run of blanks and tabs ends one, and no cell is empty. */
export type Separator = number;
export const WHITE_SPACE: Separator = 0x20;
export const TAB: Separator = 0x09;
export const COMMA: Separator = 0x2c;
export const SEMICOLON: Separator = 0x3b;
export const BAR: Separator = 0x7c;

/** Filled again by each call of readRecord. Cells are without blanks around them and without their quotes. */
export interface TextRecord {
  cells: number;
  starts: number[];
  ends: number[];
  /** Where the next record begins. */
  next: number;
  /** Lines that the record takes: more than one where quotes hold line breaks. */
  lines: number;
  /** A quote was opened and never closed. */
  isOpen: boolean;
}

export const createRecord = (): TextRecord => ({ cells: 0, starts: [], ends: [], next: 0, lines: 0, isOpen: false });

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const SPACE = 0x20;

/** Lines end with \n, \r\n or \r. A blank line has one empty cell, or none. */
export function readRecord(bytes: Buffer, start: number, separator: Separator, into: TextRecord): void {
  const end = bytes.length;
  const isWhite = separator === WHITE_SPACE;
  let at = start;
  into.cells = 0;
  into.lines = 1;
  into.isOpen = false;
  for (;;) {
    while (at < end && (bytes[at] === SPACE || (bytes[at] === TAB && separator !== TAB))) at++;
    if (isWhite && (at >= end || isLineEnd(bytes[at]!))) break;
    let from = at;
    let to = at;
    const closing = bytes[at] === QUOTE ? findClosing(bytes, at) : 0;
    if (closing === -1) into.isOpen = true;
    if (closing > 0) {
      from = at + 1;
      to = closing;
      for (let i = from; i < to; i++) if (bytes[i] === NEWLINE || (bytes[i] === RETURN && bytes[i + 1] !== NEWLINE)) into.lines++;
      at = closing + 1;
      while (at < end && !isCellEnd(bytes[at]!, separator)) at++;
    } else {
      while (at < end && !isCellEnd(bytes[at]!, separator)) at++;
      to = at;
      while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
    }
    into.starts[into.cells] = from;
    into.ends[into.cells] = to;
    into.cells++;
    if (at >= end || isLineEnd(bytes[at]!)) break;
    at++;
  }
  into.next = bytes[at] === RETURN && bytes[at + 1] === NEWLINE ? at + 2 : at + 1;
}

/** The text of a cell. Two quotes inside of quotes are one. */
export function cellText(bytes: Buffer, { starts, ends }: TextRecord, cell: number): string {
  const [from, to] = [starts[cell]!, ends[cell]!];
  const text = bytes.toString('utf8', from, to);
  return from > 0 && bytes[from - 1] === QUOTE ? text.replaceAll('""', '"') : text;
}

export function isBlank({ cells, starts, ends }: TextRecord): boolean {
  for (let i = 0; i < cells; i++) if (ends[i]! > starts[i]!) return false;
  return true;
}

/** -1 where there is none. */
function findClosing(bytes: Buffer, opening: number): number {
  for (let at = opening + 1; ; at += 2) {
    at = bytes.indexOf(QUOTE, at);
    if (at === -1 || bytes[at + 1] !== QUOTE) return at;
  }
}

const isLineEnd = (byte: number): boolean => byte === NEWLINE || byte === RETURN;
const isCellEnd = (byte: number, separator: Separator): boolean =>
  byte === separator || isLineEnd(byte) || (separator === WHITE_SPACE && byte === TAB);
