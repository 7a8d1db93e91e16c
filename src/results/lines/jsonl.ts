// Files of JSON records, a line each: append, cut after a step, read with problems, go on reading where the last reading ended.

import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatCount } from '../../experiment/units.ts';
import { writing } from '../errors.ts';
import { makeFolders } from '../files/make-folders.ts';
import { asUnreadable, openPlainFile, parseNonFinite, readAt, readTail, UnreadableFile, withPlainFile } from '../files/read.ts';
import { storeNonFinite, syncFolder, writeAll } from '../files/write.ts';

/** A place between two lines of a file. */
export interface Cursor {
  /** In bytes. */
  offset: number;
  /** Lines before it. */
  lines: number;
}

export const START: Cursor = { offset: 0, lines: 0 };

export interface Lines<T> {
  records: T[];
  /** Whether the file was cut back to before the cursor: `records` then begin with its first. */
  restarted: boolean;
  /** Pass as `from` next time. A last line without its newline is not consumed yet, and no problem. */
  next: Cursor;
  /** Lines that are no record, by file and line number; they are left out. At most 21 lines: the last one counts the rest. */
  problems: string[];
}

export interface LineForm<T> {
  /** "a metrics record" */
  what: string;
  /** A larger file is not read, but named. Default: any size. */
  mostBytes?: number;
  /** The record; null where the value is none; a complaint where it is one that cannot be used here. */
  parse(value: unknown, previous: T | undefined): T | string | null;
}

/** The records from a cursor on. A missing file reads as empty; one that cannot be read as empty with a problem. */
export function readJsonLines<T>(path: string, form: LineForm<T>, from: Cursor = START): Lines<T> {
  try {
    return (
      withPlainFile(path, (file, { size }) => {
        if (size <= (form.mostBytes ?? Number.POSITIVE_INFINITY)) return readOpen(file, { path, form, from });
        throw new UnreadableFile(`${path}: expected at most ${form.mostBytes} bytes, found ${size}`);
      }) ?? {
        records: [],
        restarted: from.offset > 0,
        next: START,
        problems: [],
      }
    );
  } catch (error) {
    if (error instanceof UnreadableFile) return { records: [], restarted: from.offset > 0, next: START, problems: [error.message] };
    throw error;
  }
}

function readOpen<T>(file: number, { path, form, from }: { path: string; form: LineForm<T>; from: Cursor }): Lines<T> {
  // A file that was cut back and has grown again has no line's end there, or records that the caller knows already.
  const restarted = from.offset > 0 && readAt(file, from.offset - 1, 1)[0] !== NEWLINE;
  let { offset, lines } = restarted ? START : from;
  const records: T[] = [];
  const bad = new BadLines(path, form.what);
  for (const { text, end } of scanLines(file, offset)) {
    lines++;
    offset = end;
    const record = parseLine(text, form, records.at(-1));
    if (record !== null && typeof record !== 'string') records.push(record);
    else bad.add(lines, text, record as string | null);
  }
  return { records, restarted, next: { offset, lines }, problems: bad.list() };
}

export interface KeptBadLines {
  named: string[];
  unnamed: number;
}

/** Lines that are no record: twenty are named, the others are counted. */
export class BadLines {
  readonly #path: string;
  readonly #what: string;
  readonly #named: string[] = [];
  #unnamed = 0;

  constructor(path: string, what: string) {
    this.#path = path;
    this.#what = what;
  }

  /** `text`: null for a line too long. `complaint`: why it cannot be used, where it is a record all the same. */
  add(line: number, text: string | null, complaint: string | null): void {
    if (this.#named.length === MOST_NAMED) this.#unnamed++;
    else this.#named.push(`${this.#path}:${line}  ${complaint ?? this.#describe(text)}`);
  }

  /** What `restore` needs to go on counting, as in another thread. */
  keep(): KeptBadLines {
    return { named: this.#named, unnamed: this.#unnamed };
  }

  static restore(path: string, what: string, { named, unnamed }: KeptBadLines): BadLines {
    const bad = new BadLines(path, what);
    bad.#named.push(...named);
    bad.#unnamed = unnamed;
    return bad;
  }

  /** At most 21 lines: the last one counts the rest. */
  list(): string[] {
    if (this.#unnamed === 0) return this.#named;
    return [...this.#named, `${this.#path}: and ${formatCount(this.#unnamed)} more lines of which none is ${this.#what}`];
  }

  #describe(text: string | null): string {
    return `expected ${this.#what}, got ${JSON.stringify(text?.slice(0, SHOWN) ?? 'a line too long')}`;
  }
}

const MOST_NAMED = 20;
const SHOWN = 60;

/** The record; null, or a complaint, where it is none. `text`: null for a line too long. */
export function parseLine<T>(text: string | null, form: LineForm<T>, previous: T | undefined): T | string | null {
  if (text === null) return null;
  try {
    return form.parse(parseNonFinite(text), previous);
  } catch {
    return null; // no JSON
  }
}

/** The first record that is wanted; null where there is none, or the file cannot be read. Reads no further than that. */
export function findJsonLine<T>(path: string, form: LineForm<T>, isWanted: (record: T) => boolean): T | null {
  try {
    return withPlainFile(path, (file) => {
      for (const { text } of scanLines(file, 0)) {
        const record = parseLine(text, form, undefined);
        if (record !== null && typeof record !== 'string' && isWanted(record)) return record;
      }
      return null;
    });
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

/**
 * The records of a file, one after the other, which takes little memory however long it is. `onOther` is told of each line that is none.
 * A missing file has none. Throws an UnreadableFile.
 */
export function* eachJsonLine<T>(path: string, form: LineForm<T>, onOther: () => void): Generator<T> {
  const file = openPlainFile(path);
  if (file === null) return;
  let previous: T | undefined;
  try {
    for (const { text } of scanLines(file, 0)) {
      const record = parseLine(text, form, previous);
      if (record === null || typeof record === 'string') onOther();
      else {
        previous = record;
        yield record;
      }
    }
  } catch (error) {
    throw asUnreadable(path, error);
  } finally {
    closeSync(file);
  }
}

/** The records at the end of a file, from at most its last so many bytes. What is no record is left out. */
export function readLastJsonLines<T>(path: string, form: LineForm<T>, mostBytes: number): T[] {
  const bytes = readTail(path, mostBytes);
  const lines = bytes.toString('utf8', 0, bytes.lastIndexOf(NEWLINE) + 1).split('\n');
  const records: T[] = [];
  for (const line of lines) {
    const record = parseLine(line, form, records.at(-1));
    if (record !== null && typeof record !== 'string') records.push(record);
  }
  return records;
}

/** In one write, in a line of its own also after one that a kill has torn. Throws a WriteFailure. */
export function appendJsonLine(path: string, record: unknown): void {
  writing(path, () => {
    makeFolders(dirname(path));
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    try {
      const { size } = fstatSync(file);
      const isTorn = size > 0 && readAt(file, size - 1, 1)[0] !== NEWLINE;
      writeAll(file, Buffer.from(`${isTorn ? '\n' : ''}${formatLine(record)}`));
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Appends records of steps, a line each. Of an existing file it keeps the whole lines up to the last record of at most
 * `lastStep`. Throws a WriteFailure; what was synced before is not touched by it.
 */
export class StepLinesWriter<T extends { step: number }> {
  readonly #path: string;
  readonly #file: number;

  constructor(path: string, lastStep: number) {
    this.#path = path;
    this.#file = writing(path, () => {
      makeFolders(dirname(path));
      const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
      ftruncateSync(file, lengthUpToStep(file, lastStep));
      syncFolder(dirname(path)); // the file's name is to be as safe as what is synced into it
      return file;
    });
  }

  /** In one write. */
  append(records: readonly T[]): void {
    if (records.length === 0) return;
    const lines = Buffer.from(records.map(formatLine).join(''));
    writing(this.#path, () => writeAll(this.#file, lines));
  }

  sync(): void {
    writing(this.#path, () => fsyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Bytes up to the last whole record of at most `lastStep`. What follows is computed again: later records, a torn line.
 * A line in between that is no record stays: readers name it, and the records around it are not lost for it.
 */
function lengthUpToStep(file: number, lastStep: number): number {
  let length = 0;
  for (const { text, end } of scanLines(file, 0)) {
    const step = stepOf(text);
    if (step !== null && step > lastStep) break;
    if (step !== null) length = end;
  }
  return length;
}

function stepOf(text: string | null): number | null {
  if (text === null) return null;
  try {
    const step: unknown = JSON.parse(text)?.step;
    return typeof step === 'number' ? step : null;
  } catch {
    return null;
  }
}

const formatLine = (record: unknown): string => `${JSON.stringify(record, storeNonFinite)}\n`;

const NEWLINE = 10;
const CHUNK_BYTES = 256 * 1024;
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** The lines that end with a newline, each with the offset behind it; the text is null for a line of more than 16 MiB. */
function* scanLines(file: number, from: number): Generator<{ text: string | null; end: number }> {
  for (const { bytes, start, stop, isTooLong, end } of scanLineBytes(file, from, fstatSync(file).size)) {
    yield { text: isTooLong ? null : bytes.toString('utf8', start, stop), end };
  }
}

/** A line as bytes from `start` to `stop`, without its newline. Good until the next line is asked for. */
export interface LineBytes {
  bytes: Buffer;
  start: number;
  stop: number;
  /** More than 16 MiB: its bytes are not kept. */
  isTooLong: boolean;
  /** Offset in the file behind its newline. */
  end: number;
}

/** The lines between two offsets that end with a newline there. Reads every byte once. Gives the same object again and again. */
export function* scanLineBytes(file: number, from: number, to: number): Generator<LineBytes> {
  const chunk = spareChunk ?? Buffer.allocUnsafe(CHUNK_BYTES);
  spareChunk = null; // another one may read at the same time
  try {
    yield* scanInto(chunk, file, { from, to });
  } finally {
    spareChunk = chunk;
  }
}

/** For the next file: a thousand of them would be a lot of memory until it is freed. */
let spareChunk: Buffer | null = null;

function* scanInto(chunk: Buffer, file: number, { from, to }: { from: number; to: number }): Generator<LineBytes> {
  const line: LineBytes = { bytes: chunk, start: 0, stop: 0, isTooLong: false, end: from };
  let pieces: Buffer[] = []; // of a line whose end has not been read yet
  let pieceBytes = 0;
  for (let offset = from; offset < to; ) {
    const length = readSync(file, chunk, 0, Math.min(chunk.length, to - offset), offset);
    if (length === 0) return; // cut meanwhile
    let start = 0;
    for (let stop = chunk.indexOf(NEWLINE); stop !== -1 && stop < length; stop = chunk.indexOf(NEWLINE, start)) {
      line.isTooLong = pieceBytes + stop - start > MOST_LINE_BYTES;
      line.bytes = pieceBytes === 0 ? chunk : Buffer.concat([...pieces, chunk.subarray(start, stop)]);
      line.start = pieceBytes === 0 ? start : 0;
      line.stop = pieceBytes === 0 ? stop : line.bytes.length;
      start = stop + 1;
      line.end = offset + start;
      pieces = [];
      pieceBytes = 0;
      yield line;
    }
    pieceBytes += length - start;
    if (pieceBytes > MOST_LINE_BYTES) pieces = [];
    else if (length > start) pieces.push(Buffer.from(chunk.subarray(start, length)));
    offset += length;
  }
}
