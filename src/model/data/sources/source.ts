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
}

export interface Source {
  /** All attributes that the source knows, in label order. */
  attributes: readonly string[];
  /**
   * Short hash that names the data in run ids and in the cache. Pictures on disk: names, sizes in bytes and labels of those used, in
   * order, and how they are cut. Their content is not read: an edit that keeps the size keeps the identity, a renamed file changes it.
   */
  identity: string;
  /** Pictures in the list, usable or not. */
  total: number;
  /** Faults found in the lists alone, e.g. pictures without a row. Counted, not fatal by themselves. */
  notices: Fault[];
  read(): AsyncIterable<SourceChunk>;
}

/** Of the pictures of a data set with `dataset.heldOut`: those to learn from, and those that only judge. */
export type Part = 'training' | 'held out';

/** A form in which labelled pictures are published. One file each; index.ts lists them by the name that `dataset.source` has. */
export interface DataForm {
  /** Reads lists and file sizes, but no picture. Throws a DataError where the data set is not there or its lists are unusable. */
  open(dataset: DatasetConfig, part: Part): Source | Promise<Source>;
  /** The attributes that the data set has, in label order. Reads no more than it must; throws like `open`. */
  readAttributes(dataset: DatasetConfig): readonly string[];
}
