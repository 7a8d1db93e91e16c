// Matches rows of labels with picture files: which pictures a source has, and what is wrong with the rest.

import type { Box } from '../pictures/decode.ts';
import { PICTURE_NAME } from './files.ts';
import type { NameMatcher } from './match-names.ts';
import type { Place } from './places/place.ts';
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
  /** The bytes of a picture by its path in `files`. Throws, or rejects, where they cannot be read. */
  open(file: string): Buffer | Promise<Buffer>;
  /** Where the face is, for pictures that are cut around it. */
  boxOf?: ((file: string) => Box | undefined) | undefined;
  /** 0 or 1, [files.length, attributes.length]. */
  labels: Uint8Array;
  /** Rows that were wanted and cannot be used. */
  faults: Fault[];
  notices: Fault[];
}

interface Options {
  rows: LabelRows;
  place: Place;
  matcher: Pick<NameMatcher, 'find' | 'peek'>;
  /** Rows to use; all where left out. */
  isWanted?: ((name: string) => boolean) | undefined;
  /** Use only the first so many of the wanted rows. */
  limit?: number | undefined;
  /** Where pictures are cut around the face: a picture without a box has a fault. */
  boxOf?: ((file: string) => Box | undefined) | undefined;
}

/** A row that repeats another one is a notice; rows that contradict each other are faults, both. */
export function listPictures(options: Options): Listing {
  const { rows, place, matcher, isWanted = () => true, limit = Number.POSITIVE_INFINITY, boxOf } = options;
  const faults: Fault[] = [];
  const notices: Fault[] = [];
  const rowOf = new Map<string, number>(); // file -> its first row
  const contradicted = new Set<string>();
  const withRow = new Set<string>();
  let wanted = 0;
  for (const [row, name] of rows.names.entries()) {
    if (wanted >= limit || !isWanted(name)) {
      const other = matcher.peek(name);
      if (other !== undefined) withRow.add(other);
      continue;
    }
    const match = matcher.find(name);
    const file = 'file' in match ? match.file : undefined;
    if (file !== undefined) withRow.add(file);
    const first = file === undefined ? undefined : rowOf.get(file);
    const lacksBox =
      boxOf && file !== undefined && boxOf(file) === undefined ? 'there is no box around its face in the list of boxes' : undefined;
    const fault = rows.faults.get(row) ?? ('reason' in match ? match.reason : lacksBox);
    if (fault !== undefined) faults.push({ name: name === '' ? 'no name' : name, reason: fault });
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
  for (const file of place.files)
    if (isCalledPicture(file) && !withRow.has(file)) notices.push({ name: file, reason: 'a picture without a row in the list' });
  for (const file of contradicted) {
    faults.push({ name: rows.names[rowOf.get(file)!]!, reason: 'listed twice, with different labels' });
    rowOf.delete(file);
  }
  return {
    attributes: rows.attributes,
    folder: place.path,
    ...readSizes(place, rowOf, { rows, faults }),
    open: place.open,
    boxOf,
    faults,
    notices,
  };
}

const isCalledPicture = (file: string): boolean => PICTURE_NAME.test(file) && !/(^|\/)\.[^/]*$/.test(file);

function haveSameLabels({ labels, attributes }: LabelRows, a: number, b: number): boolean {
  const n = attributes.length;
  return labels.subarray(a * n, a * n + n).every((label, i) => label === labels[b * n + i]);
}

function readSizes(place: Place, rowOf: Map<string, number>, { rows, faults }: { rows: LabelRows; faults: Fault[] }) {
  const n = rows.attributes.length;
  const files: string[] = [];
  const sizesBytes: number[] = [];
  const stamps: string[] = [];
  const labels = new Uint8Array(rowOf.size * n);
  for (const [file, row] of rowOf) {
    const found = place.look(file) ?? { reason: 'listed, but there is no such picture' };
    if ('reason' in found) {
      faults.push({ name: rows.names[row]!, reason: found.reason });
      continue;
    }
    labels.set(rows.labels.subarray(row * n, row * n + n), files.length * n);
    files.push(file);
    sizesBytes.push(found.sizeBytes);
    stamps.push(found.stamp);
  }
  return { files, sizesBytes, stamps, labels: labels.subarray(0, files.length * n) };
}
