// Room: model/data/sources. What a source of labelled pictures promises to the packer.

/** Something that is wrong with one picture, row or file. */
export interface Fault {
  /** The picture's or file's name as the lists give it. */
  name: string;
  reason: string;
}

/** A run of pictures in the source's order. Pictures that cannot be used appear in `faults`, never with a shifted label. */
export interface SourceChunk {
  /** uint8, [k, imageSize, imageSize, 3], RGB. */
  pixels: Uint8Array;
  /** One byte, 0 or 1, a label: [k, attributes.length]. */
  labels: Uint8Array;
  /** Pictures of the list that were unusable in this chunk. */
  faults: Fault[];
}

export interface Source {
  /** All attributes that the source knows, in label order. */
  attributes: readonly string[];
  /** Short hash of everything that decides pixels and labels. */
  identity: string;
  /** Pictures in the list, usable or not. */
  total: number;
  /** Faults found in the lists alone, e.g. pictures without a row. Counted, not fatal by themselves. */
  notices: Fault[];
  read(): AsyncIterable<SourceChunk>;
}
