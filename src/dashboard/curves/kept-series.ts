// Curves that an earlier server has read, in the cache folder. A kept file counts only for the very file that it sums up, by inode, size
// and times; or where that has only grown since. It can be deleted at any time. Nothing is ever written into results.

import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { readAt, readPlainFile, UnreadableFile, withPlainFile } from '../../results/files/read.ts';
import type { MetricsRecord } from '../../results/records.ts';
import type { MetricsReader } from './metrics-reader.ts';
import { RunSeries } from './run-series.ts';

interface Header {
  version: typeof VERSION;
  path: string;
  inode: number;
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  /** Up to where it was read, in bytes and lines, and what stands before that place. */
  offset: number;
  lines: number;
  ending: string;
  problems: string[];
  last: MetricsRecord | null;
  series: ReturnType<RunSeries['keep']>['head'];
  /** Of the numbers that follow. */
  digest: string;
}

const VERSION = 1;

export class KeptSeries {
  readonly folder: string | null;

  /** null: nothing is kept. */
  constructor(folder: string | null) {
    this.folder = folder;
  }

  /** Takes over what is kept of this file; nothing where there is none, or it sums up something else. */
  restore(reader: MetricsReader, version: number): void {
    const { capacity, mostDrawn } = reader;
    if (this.folder === null) return;
    try {
      const kept = readPlainFile(this.#pathOf(reader.path, capacity), MOST_BYTES);
      const found = kept && parse(kept);
      if (!found || !isOf(found.header, reader.path, capacity)) return;
      const { header, columns } = found;
      const series = RunSeries.restore({ head: header.series, columns }, { last: header.last, version, mostDrawn });
      reader.restore({ ...header, series });
    } catch {
      // damaged, or no longer to be read: the file itself is read
    }
  }

  /** Keeps what has been read. Does nothing where that cannot be written. */
  keep(reader: MetricsReader): void {
    if (this.folder === null || reader.offset < WORTH_BYTES) return;
    try {
      const header = describe(reader);
      if (header === null) return;
      const { head, columns } = reader.series.keep();
      const numbers = columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
      const text = Buffer.from(JSON.stringify({ ...header, series: head, digest: digestOf(...numbers) } satisfies Header));
      const length = Buffer.alloc(8);
      length.writeUInt32LE(text.length);
      const path = this.#pathOf(reader.path, reader.capacity);
      mkdirSync(this.folder, { recursive: true });
      writePieces(`${path}.${process.pid}`, [length, text, ...numbers]);
      renameSync(`${path}.${process.pid}`, path);
    } catch {
      // no room, or read-only: the next server reads the file itself
    }
  }

  /** Deletes what nobody has written for a month. */
  prune(nowMs: number): void {
    if (this.folder === null) return;
    try {
      for (const name of readdirSync(this.folder)) {
        const path = join(this.folder, name);
        if (nowMs - statSync(path).mtimeMs > A_MONTH_MS) rmSync(path, { force: true });
      }
    } catch {
      // there is none
    }
  }

  #pathOf(path: string, capacity: number): string {
    return join(this.folder!, `${digestOf(`${capacity} ${path}`).slice(0, 32)}.curves`);
  }
}

const MOST_BYTES = 64 * 1024 * 1024;
/** Less is read again as quickly. */
const WORTH_BYTES = 16 * 1024;
const A_MONTH_MS = 30 * 24 * 3600 * 1000;
const ENDING_BYTES = 4096;

function describe(reader: MetricsReader): Omit<Header, 'series' | 'digest'> | null {
  const { path, offset, lines, inode, problems } = reader;
  return withPlainFile(path, (file, { ino, size, mtimeMs, ctimeMs }) => {
    if (ino !== inode || size < offset || Date.now() - mtimeMs < UNSETTLED_MS) return null;
    const times = { size, mtimeMs, ctimeMs };
    return { version: VERSION, path, inode, ...times, offset, lines, ending: endingOf(file, offset), problems, last: reader.series.last };
  });
}

/** Times of files are coarse. */
const UNSETTLED_MS = 100;

function isOf(header: Header, path: string, capacity: number): boolean {
  if (header.version !== VERSION || header.path !== path || header.series.capacity !== capacity) return false;
  try {
    const isSame = withPlainFile(path, (file, { ino, size, mtimeMs, ctimeMs }) => {
      if (ino !== header.inode || size < header.offset) return false;
      if (size === header.size) return mtimeMs === header.mtimeMs && ctimeMs === header.ctimeMs;
      return size > header.size && endingOf(file, header.offset) === header.ending;
    });
    return isSame === true;
  } catch (error) {
    if (error instanceof UnreadableFile) return false;
    throw error;
  }
}

/** Of what stands at the beginning of the file and before a place in it. */
function endingOf(file: number, offset: number): string {
  const count = Math.min(offset, ENDING_BYTES);
  return digestOf(Buffer.concat([readAt(file, 0, count), readAt(file, offset - count, count)]));
}

function parse(kept: Buffer): { header: Header; columns: Float64Array[] } | null {
  const start = 8 + kept.readUInt32LE(0);
  const header = JSON.parse(kept.toString('utf8', 8, start)) as Header;
  const bytes = kept.subarray(start);
  if (digestOf(bytes) !== header.digest) return null;
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  const { used } = header.series;
  return {
    header,
    columns: Array.from({ length: used === 0 ? 0 : numbers.length / used }, (_, i) => numbers.subarray(i * used, (i + 1) * used)),
  };
}

/** One after another, without a copy of them all: a thousand runs are kept one after the other. */
function writePieces(path: string, pieces: Buffer[]): void {
  const file = openSync(path, 'w');
  try {
    const wanted = pieces.reduce((sum, { length }) => sum + length, 0);
    if (writevSync(file, pieces) < wanted) throw new Error('no room');
  } finally {
    closeSync(file);
  }
}

function digestOf(...pieces: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
