// (pure) What the process that makes faces from a trained run is asked for, and what it answers.

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
  /** From `fixed` to this in so many pictures, both ends among them. */
  to?: { fixed: Record<string, 0 | 1>; steps: number };
  /** A further picture of each face for each of these conditions, which is turned over in it. */
  vary?: string[];
  output: FaceOutput;
  /** Each pixel becomes a square of so many. */
  scale: number;
  /** What the files say of themselves. `description`: what was asked for, in words. */
  about: { description: string; software: string; run: string; epoch: number | null };
}

/**
 * file: one PNG with all pictures, replaced where it is there. free: the same in this folder, named faces.png, or faces-2.png … where that is
 * there. folder: a PNG for each picture, and faces.json.
 */
export type FaceOutput = { kind: 'file' | 'free' | 'folder'; path: string };

/** From the process that made them. */
export interface GeneratedFaces {
  /** PNG files: one, or one for each picture in its order. */
  files: string[];
  /** How many pictures stand beside each other in the one file. */
  columns: number;
  imageSize: number;
  faces: GeneratedFace[];
  /** How many of the pictures that the run learned from have all that is fixed; null where nothing was drawn from their labels. */
  support: FaceSupport | null;
  /** The same for the other end of `to`. */
  supportTo?: FaceSupport | null;
}

export interface FaceSupport {
  matching: number;
  pictures: number;
}

export interface GeneratedFace {
  /** Of the face, from 0. */
  index: number;
  /** Of the picture among those of its face, from 0; absent where there is one of each. */
  column?: number;
  /** Every label bit of the run; between 0 and 1 on the way from one description to another. */
  bits: Record<string, number>;
}
