// Matches rows of labels with picture files: which pictures a source has, and what is wrong with the rest.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './source.ts';

/** What a list of labels says, row by row. */
export interface LabelRows {
  attributes: string[];
  names: string[];
  /** 0 or 1, [names.length, attributes.length]; without meaning in a row that has a fault. */
  labels: Uint8Array;
  /** Row -> why it cannot be used. */
  faults: Map<number, string>;
}

/** Pictures that have labels and a file, in the order of the rows. */
export interface Listing {
  attributes: string[];
  folder: string;
  /** Paths inside the folder, with forward slashes. */
  files: string[];
  sizesBytes: number[];
  /** As in SourceFiles, one a file. */
  stamps: string[];
  /** The bytes of a picture by its path in `files`. Throws where they cannot be read. */
  open(file: string): Buffer;
  /** 0 or 1, [files.length, attributes.length]. */
  labels: Uint8Array;
  /** Rows that were wanted and cannot be used. */
  faults: Fault[];
  notices: Fault[];
}

interface Options {
  rows: LabelRows;
  folder: string;
  /** Every picture file in the folder. */
  pictures: readonly string[];
  /** The picture that a row's name means, if it is there. */
  find: (name: string) => string | undefined;
  /** Rows to use; all where left out. */
  isWanted?: (name: string) => boolean;
  /** Use only the first so many of the wanted rows. */
  limit?: number;
}

/** A row that repeats another one is a notice; rows that contradict each other are faults, both. */
export function listPictures(options: Options): Listing {
  const { rows, folder, pictures, find, isWanted = () => true, limit = Number.POSITIVE_INFINITY } = options;
  const faults: Fault[] = [];
  const notices: Fault[] = [];
  const rowOf = new Map<string, number>(); // file -> its first row
  const contradicted = new Set<string>();
  const withRow = new Set<string>();
  let wanted = 0;
  for (const [row, name] of rows.names.entries()) {
    const file = find(name);
    if (file !== undefined) withRow.add(file);
    if (wanted >= limit || !isWanted(name)) continue;
    const first = file === undefined ? undefined : rowOf.get(file);
    const fault = rows.faults.get(row) ?? (file === undefined ? 'listed, but there is no such picture' : undefined);
    if (fault !== undefined) faults.push({ name, reason: fault });
    else if (first === undefined) rowOf.set(file!, row);
    else if (haveSameLabels(rows, first, row)) {
      notices.push({ name, reason: 'listed twice, with the same labels' });
      continue;
    } else {
      contradicted.add(file!);
      faults.push({ name, reason: 'listed twice, with different labels' });
    }
    wanted++;
  }
  for (const file of pictures) if (!withRow.has(file)) notices.push({ name: file, reason: 'a picture without a row in the list' });
  for (const file of contradicted) {
    faults.push({ name: rows.names[rowOf.get(file)!]!, reason: 'listed twice, with different labels' });
    rowOf.delete(file);
  }
  return {
    attributes: rows.attributes,
    folder,
    ...readSizes(folder, rowOf, { rows, faults }),
    open: (file) => readFileSync(join(folder, file)),
    faults,
    notices,
  };
}

/** A file that is written, replaced, or restored with its former time has another one. A copy has another one, too. */
export function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

function haveSameLabels({ labels, attributes }: LabelRows, a: number, b: number): boolean {
  const n = attributes.length;
  return labels.subarray(a * n, a * n + n).every((label, i) => label === labels[b * n + i]);
}

function readSizes(folder: string, rowOf: Map<string, number>, { rows, faults }: { rows: LabelRows; faults: Fault[] }) {
  const n = rows.attributes.length;
  const files: string[] = [];
  const sizesBytes: number[] = [];
  const stamps: string[] = [];
  const labels = new Uint8Array(rowOf.size * n);
  for (const [file, row] of rowOf) {
    const stat = statSync(join(folder, file), { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      faults.push({ name: rows.names[row]!, reason: stat ? 'not a file' : 'listed, but there is no such picture' });
      continue;
    }
    labels.set(rows.labels.subarray(row * n, row * n + n), files.length * n);
    files.push(file);
    sizesBytes.push(stat.size);
    stamps.push(stampOf(stat));
  }
  return { files, sizesBytes, stamps, labels: labels.subarray(0, files.length * n) };
}
