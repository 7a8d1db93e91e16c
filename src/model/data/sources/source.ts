// (pure) What a source of labelled pictures promises to the packer, and what a form of publishing them is.

import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { UserError } from '../../../experiment/user-error.ts';

/** The pictures or labels are missing, damaged or not as they were. */
export class DataError extends UserError {}

/** Something that is wrong with one picture, row or file. */
export interface Fault {
  /** The picture's or file's name as the lists give it. */
  name: string;
  reason: string;
}

/** A run of pictures in the source's order. Pictures that cannot be used appear in `faults`, never with a shifted label. */
export interface SourceChunk {
  /** uint8, [n, imageSize, imageSize, 3], RGB. */
  pixels: Uint8Array;
  /** One byte, 0 or 1, a label: [n, attributes.length]. */
  labels: Uint8Array;
  /** Pictures of the list that were unusable in this chunk. */
  faults: Fault[];
  /** How many of the pictures were smaller than asked for, and enlarged. Absent: none. */
  enlarged?: number;
  /** SHA-256 of the bytes of each picture, usable or not, in the source's order: [pictures of the list in this chunk, 32]; 0 of one that could not be read. Absent where `Source.files` is. */
  contents?: Uint8Array;
}

/** The files behind a source's pictures, to tell whether they are still what they were. */
export interface SourceFiles {
  /** The folder or archive that they lie in. */
  place: string;
  /** One a picture of the list, in order: differs once its file, or the archive that holds it, has been written or replaced (listing.ts). */
  stamps: readonly string[];
  /** The bytes of one of them; undefined for one that is too large for a picture. Throws where they cannot be read. */
  read(index: number): Buffer | undefined | Promise<Buffer>;
}

export interface Source {
  /** All attributes that the source knows, in label order. */
  attributes: readonly string[];
  /**
   * Short hash that names the data in run ids and in the cache. Pictures on disk: names, sizes in bytes and labels of those used, in
   * order, and how they are cut. Their content is not read: an edit that keeps the size keeps the identity, a renamed file changes it.
   * That such an edit is noticed all the same is the packer's work (packing/freshness.ts).
   */
  identity: string;
  /** Pictures in the list, usable or not, `faults` among them. */
  total: number;
  /** Rows of the lists that were wanted and cannot be used; `read` does not repeat them. */
  faults: readonly Fault[];
  /** Absent where the pictures are no files, and follow from the identity alone. */
  files?: SourceFiles;
  /** Faults found in the lists alone, e.g. pictures without a row. Counted, not fatal by themselves. */
  notices: Fault[];
  /** What stands beside the labels and is none -> why. Absent: nothing. */
  unusable?: ReadonlyMap<string, string>;
  /** Where `dataset.crop` is not what it is by default. */
  ownCut?: OwnCut;
  read(): AsyncIterable<SourceChunk>;
}

/** Pictures that are used whole where `dataset.crop` is left alone, and those that are always cut around the face. */
export type OwnCut = 'whole' | 'around the face';

/** Of the pictures of a data set with `dataset.heldOut`: those to learn from, and those that only judge. */
export type Part = 'training' | 'held out';

/** A form in which labelled pictures are published. One file each; index.ts lists them by the name that `dataset.source` has. */
export interface DataForm {
  /** Reads lists and file sizes, but no picture. Throws a DataError where the data set is not there or its lists are unusable. */
  open(dataset: DatasetConfig, part: Part): Source | Promise<Source>;
}
