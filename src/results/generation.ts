// (pure) What the process that makes faces from a trained run is asked for, and what it answers.

/** A longer text is no description of one face. */
export const LONGEST_TEXT = 2000;

/** Between the pictures of one file and around them, in pixels. */
export const FACES_GAP_PX = 2;

/** In place of an order in the arguments of the process: it stays, and FaceOrders come as messages, one at a time. */
export const STAY_FOR_ORDERS = '-';

/** To a process that stays. */
export interface FaceOrder {
  /** The run folder. */
  folder: string;
  order: GenerateOrder;
}

/** From a process that stays: once that it can be asked, then an answer to each order. */
export type FaceMakerMessage = { type: 'ready' } | { type: 'faces'; made: GeneratedFaces | { problem: string } };

/** To the process that makes faces. */
export interface GenerateOrder {
  /** Step of the checkpoint; it must be there. */
  step: number;
  /** Attributes and at most one rotation of the run -> bit. */
  fixed: Record<string, 0 | 1>;
  /** Faces: rows of the picture where `to` or `vary` asks for several pictures of each. */
  count: number;
  seed: number;
  /** What the attributes are that are not fixed. */
  open: 'drawn' | 'usual' | 'zero';
  /** What is set in every face after it was drawn: nothing else of it changes. */
  change?: Record<string, 0 | 1>;
  /** From `fixed` to this in so many pictures, both ends among them. */
  to?: { fixed: Record<string, 0 | 1>; steps: number };
  /** A further picture of each face for each of these conditions, which is turned over in it. */
  vary?: string[];
  output: FaceOutput;
  /** Each pixel becomes a square of so many. */
  scale: number;
  /** The oracle of the run reads the pictures back. */
  check?: boolean;
  /** Of so many noise vectors for each face the one is kept whose picture the oracle reads best. */
  bestOf?: number;
  /** What the files say of themselves. `description`: what was asked for, in words. */
  about: { description: string; software: string; run: string; epoch: number | null };
}

/**
 * file: one PNG with all pictures, replaced where it is there. free: the same in this folder, named faces.png, or faces-2.png … where that
 * is there. folder: a PNG for each picture, and faces.json. reply: the one PNG comes with the answer, and no file is written.
 */
export type FaceOutput = { kind: 'file' | 'free' | 'folder' | 'reply'; path: string };

/** From the process that made them. */
export interface GeneratedFaces {
  /** PNG files: one, or one for each picture in its order. */
  files: string[];
  /** With the output `reply`, instead: the one PNG, as base64. */
  png?: string;
  /** How many pictures stand beside each other in the one file. */
  columns: number;
  imageSize: number;
  faces: GeneratedFace[];
  /** How many of the pictures that the run learned from have all that is fixed; null where their labels were not looked at. */
  support: FaceSupport | null;
  /** The same for the other end of `to`. */
  supportTo?: FaceSupport | null;
  /** With `check` and `bestOf`: what the oracle reads, or in a line why there is none that reads. */
  readBack?: ReadBack | { problem: string };
}

export interface FaceSupport {
  matching: number;
  pictures: number;
}

/** With `check` also what the oracle reads. */
export interface GeneratedFace extends Partial<FaceReading> {
  /** Of the face, from 0. */
  index: number;
  /** Of the picture among those of its face, from 0; absent where there is one of each. */
  column?: number;
  /** Every label bit of the run; between 0 and 1 on the way from one description to another. */
  bits: Record<string, number>;
  /** Which of its noise vectors it got, with `bestOf`: 0 is the one that it has without. */
  candidate?: number;
}

export interface FaceReading {
  /** What the oracle sees, by label bit of the run that it knows. */
  read: Record<string, 0 | 1>;
  /** What was asked for and is seen otherwise. Only what the oracle reads well. */
  misread: string[];
}

/** What the oracle reads in all pictures. */
export interface ReadBack {
  /** The oracle's identity. */
  oracle: string;
  attributes: AskedReading[];
  /** Over all attributes that count and all pictures: bits asked for, and those of them that are read so. */
  bits: number;
  right: number;
  /** Pictures, and those of them whose bits that count are all read as they were asked for. */
  pictures: number;
  allRight: number;
}

/** An attribute or rotation as it was asked for, over all pictures that it was so asked for. */
export interface AskedReading {
  name: string;
  asked: 0 | 1;
  /** Pictures that it was so asked for, and those of them in which the oracle sees it so. */
  pictures: number;
  right: number;
  /** Why it is not counted: the oracle itself reads it badly, or does not know it. */
  unreliable?: string;
}
