// Reads the metrics of one run into its curves: each byte once, a slice at a time, so that other requests are answered in between.

import { readAt, UnreadableFile, withPlainFile } from '../../results/files/read.ts';
import { BadLines, type KeptBadLines, parseLine, scanLineBytes } from '../../results/lines/jsonl.ts';
import { METRICS } from '../../results/lines/metrics.ts';
import type { MetricsRecord } from '../../results/records.ts';
import { isOld, stampOf, stampOfStat, statOf } from '../views/stamps.ts';
import { FlatLine } from './flat-line.ts';
import { type KeptSeries, RunSeries, type StepHead } from './run-series.ts';

/** All that a reader is, as plain data: another thread goes on from it. */
export interface ReaderState {
  series: KeptSeries['head'];
  /** The columns of the curves, one after the other. */
  numbers: Float64Array<ArrayBuffer>;
  last: MetricsRecord | null;
  lastHead: StepHead | null;
  stamp: string;
  offset: number;
  lines: number;
  inode: number;
  isRead: boolean;
  bad: KeptBadLines;
  isInLongLine: boolean;
  fault: string | null;
  keptProblems: string[];
}

export class MetricsReader {
  readonly path: string;
  /** Buckets of a curve that are kept, and that pages draw. */
  readonly capacity: number;
  readonly mostDrawn: number;
  series: RunSeries;
  /** Changes with the file as it was at the last reading. */
  stamp = '';
  /** Bytes and lines that have been read, and the file's inode then. */
  offset = 0;
  lines = 0;
  inode = 0;
  isRead = false;
  /** As `hasChanged` saw it last: bytes that were to be read, and whether the file had not been written to for a while. */
  unreadBytes = 0;
  isOld = false;

  readonly #line = new FlatLine();
  #bad: BadLines;
  /** Whether `offset` lies in a line of which more than a slice has been read. */
  #isInLongLine = false;
  #fault: string | null = null;
  /** Problems of an earlier server, which read the beginning of the file. */
  #keptProblems: string[] = [];

  constructor(path: string, { capacity, mostDrawn, version }: { capacity: number; mostDrawn: number; version: number }) {
    this.path = path;
    this.capacity = capacity;
    this.mostDrawn = mostDrawn;
    this.series = new RunSeries(capacity, version, mostDrawn);
    this.#bad = new BadLines(path, METRICS.what);
  }

  /** Lines that are no record, twenty by name; or why the file cannot be read. */
  get problems(): string[] {
    return this.#fault === null ? [...this.#keptProblems, ...this.#bad.list()] : [this.#fault];
  }

  /** Whether the file is another one than at the last reading. */
  hasChanged(): boolean {
    const stat = statOf(this.path);
    const stamp = stampOfStat(stat);
    this.isOld = isOld(stat);
    if (this.isRead && stamp === this.stamp) return false;
    const size = stat?.size ?? 0;
    this.unreadBytes = size < this.offset ? size : size - this.offset;
    return true;
  }

  /** `take` goes on from it. */
  get state(): ReaderState {
    const { head, columns } = this.series.keep();
    const numbers = new Float64Array(columns.length * head.used);
    for (const [i, column] of columns.entries()) numbers.set(column, i * head.used);
    return {
      series: head,
      numbers,
      last: this.series.last,
      lastHead: this.series.lastHead,
      stamp: this.stamp,
      offset: this.offset,
      lines: this.lines,
      inode: this.inode,
      isRead: this.isRead,
      bad: this.#bad.keep(),
      isInLongLine: this.#isInLongLine,
      fault: this.#fault,
      keptProblems: this.#keptProblems,
    };
  }

  /** Becomes what another reader of this file was. `version`: the one in which its curves change by it. */
  take(state: ReaderState, version: number): void {
    const { series: head, numbers, last, lastHead } = state;
    const columns = Array.from({ length: head.used === 0 ? 0 : numbers.length / head.used }, (_, i) =>
      numbers.subarray(i * head.used, (i + 1) * head.used),
    );
    this.series = RunSeries.restore({ head, columns }, { last, lastHead, version, mostDrawn: this.mostDrawn });
    this.stamp = state.stamp;
    this.offset = state.offset;
    this.lines = state.lines;
    this.inode = state.inode;
    this.isRead = state.isRead;
    this.#bad = BadLines.restore(this.path, METRICS.what, state.bad);
    this.#isInLongLine = state.isInLongLine;
    this.#fault = state.fault;
    this.#keptProblems = state.keptProblems;
  }

  /** Takes over what an earlier server has read. */
  restore(kept: { series: RunSeries; offset: number; lines: number; inode: number; problems: string[] }): void {
    this.series = kept.series;
    this.offset = kept.offset;
    this.lines = kept.lines;
    this.inode = kept.inode;
    this.#keptProblems = kept.problems;
  }

  /** Reads on, some megabytes. Returns whether there is more. `version`: the one in which the curves change by it. */
  readSlice(version: number, mostBytes = SLICE_BYTES): boolean {
    const stamp = stampOf(this.path);
    const wasAtEnd = this.isRead;
    try {
      this.#fault = null;
      const isEnd = withPlainFile(this.path, (file, { size, ino }) => {
        if (size > MOST_BYTES) throw new UnreadableFile(`${this.path}: expected at most ${MOST_BYTES} bytes, found ${size}`);
        if (!this.#isSameFile(file, { size, inode: ino })) this.#restart(version);
        this.inode = ino;
        const from = this.offset;
        const to = Math.min(size, from + mostBytes);
        if (!this.#readLines(file, to, { version, wasAtEnd })) {
          this.#restart(version); // its steps begin again: it was written anew
          return false;
        }
        if (this.offset === from && to < size) {
          this.#isInLongLine = true;
          this.offset = to;
        }
        return to >= size;
      });
      if (isEnd === null && this.offset > 0) this.#restart(version); // there is no file any more
      this.isRead = isEnd !== false;
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      this.#restart(version);
      this.#fault = error.message;
      this.isRead = true;
    }
    if (this.isRead) this.stamp = stamp;
    return !this.isRead;
  }

  /** Whether what was read is still the beginning of the file: it has only grown, and a line ends there. */
  #isSameFile(file: number, { size, inode }: { size: number; inode: number }): boolean {
    if (this.offset === 0) return true;
    if (this.#isInLongLine) return inode === this.inode && size >= this.offset;
    return inode === this.inode && size >= this.offset && readAt(file, this.offset - 1, 1)[0] === NEWLINE;
  }

  #restart(version: number): void {
    if (this.offset === 0 && this.series.lastHead === null) return;
    this.series = new RunSeries(this.capacity, version, this.mostDrawn);
    this.#bad = new BadLines(this.path, METRICS.what);
    this.#keptProblems = [];
    this.offset = 0;
    this.lines = 0;
    this.#isInLongLine = false;
  }

  /** False, with nothing read, where a file that was read to its end goes on with an earlier step. */
  #readLines(file: number, to: number, { version, wasAtEnd }: { version: number; wasAtEnd: boolean }): boolean {
    let isFirst = wasAtEnd && this.offset > 0;
    let last: { from: number; to: number } | null = null;
    let previous = this.series.last;
    for (const { bytes, start, stop, isTooLong: isLong, end } of scanLineBytes(file, this.offset, to)) {
      const isTooLong = isLong || this.#isInLongLine;
      this.#isInLongLine = false;
      const from = this.offset;
      let isAdded: boolean;
      let step = Number.NaN;
      if (!isTooLong && this.#line.read(bytes, start, stop) && this.#findFields()) {
        step = this.#line.values[this.#step]!;
        if (isFirst && step <= (this.series.lastHead?.step ?? 0)) return false;
        const before = this.series.lastHead;
        const head = {
          step,
          epoch: this.#epoch === -1 ? (before?.epoch ?? 1) : this.#line.values[this.#epoch]!,
          seconds: this.#seconds === -1 ? (before?.seconds ?? 0) : this.#line.values[this.#seconds]!,
        };
        isAdded = this.series.addFields(head, this.#line, { version, offset: from });
        if (isAdded) last = { from, to: end };
      } else {
        const text = isTooLong ? null : bytes.toString('utf8', start, stop);
        const record = parseLine<MetricsRecord>(text, METRICS, previous ?? undefined);
        if (record === null || typeof record === 'string') {
          this.#bad.add(++this.lines, text, record);
          this.offset = end;
          continue;
        }
        step = record.step;
        if (isFirst && step <= (this.series.lastHead?.step ?? 0)) return false;
        isAdded = this.series.add(record, version, from);
        if (isAdded) {
          previous = record;
          last = null;
        }
      }
      isFirst = false;
      this.lines++;
      this.offset = end;
      if (!isAdded) this.#bad.add(this.lines, null, `step ${step} does not follow step ${this.series.lastHead?.step ?? 0}`);
    }
    if (last !== null) this.series.last = this.#readRecord(file, last);
    return true;
  }

  /** The last line once more, in full. */
  #readRecord(file: number, { from, to }: { from: number; to: number }): MetricsRecord | null {
    const record = parseLine<MetricsRecord>(readAt(file, from, to - from - 1).toString('utf8'), METRICS, undefined);
    return record === null || typeof record === 'string' ? null : { ...record, ...this.series.lastHead };
  }

  #shape = -1;
  #count = -1;
  #step = -1;
  #epoch = -1;
  #seconds = -1;

  /** Where step, epoch and seconds stand in the line. False where it has no step. */
  #findFields(): boolean {
    const { names, count, shape } = this.#line;
    if (this.#shape !== shape || this.#count !== count) {
      const fields = names.slice(0, count);
      this.#step = fields.indexOf('step');
      this.#epoch = fields.indexOf('epoch');
      this.#seconds = fields.indexOf('seconds');
      this.#shape = shape;
      this.#count = count;
    }
    return this.#step !== -1;
  }
}

const NEWLINE = 10;
const SLICE_BYTES = 2 * 1024 * 1024;
/** 25 million steps. */
const MOST_BYTES = 4 * 1024 ** 3;
