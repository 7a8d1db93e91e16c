// Faces from a run's checkpoint: what a page asks for, what it gets, and who makes them. Types and bounds only.

/** Attributes and rotations of the run. */
export type Bits = Record<string, 0 | 1>;

export interface FaceWish {
  /** What the person has written. It counts where it says what is fixed. */
  text: string;
  /** What all faces have; all else is drawn as it occurs in the data. */
  fixed: Bits;
  /** What is set in each of them after it was drawn: nothing else of them changes. */
  change: Bits;
  /** 1 to MOST_FACES. */
  count: number;
  /** 0 to LARGEST_SEED. */
  seed: number;
}

export const MOST_FACES = 64;
export const LARGEST_SEED = 999_999_999;

/** What is read in a text. */
export interface TextReply {
  /** Of conditions of the run. */
  bits?: Bits;
  /** What each of the words says, as `facet generate` tells it. */
  said?: { name: string; value: 0 | 1; words: string[]; isTrained: boolean }[];
  /** What of the text is not used, and why, a line each. */
  warnings?: string[];
  error?: string;
}

export interface FacesReply {
  faces?: MadeFaces;
  /** Why there are none, in a line. */
  error?: string;
}

export interface MadeFaces {
  /** All pictures in one PNG, as base64: byte for byte what the command writes. */
  png: string;
  columns: number;
  imageSize: number;
  /** Between the pictures and around them, in pixels. */
  gap: number;
  /** Every label bit of each face. */
  bits: Bits[];
  /** Of which checkpoint, in words. */
  of: string;
  /** Makes the same file. */
  command: string;
  warnings: string[];
}

export interface RunPlace {
  experiment: string;
  id: string;
  folder: string;
}

/** What the pages need for that. Throws errors for a person (UserError) and no other. */
export interface FaceService {
  /** The attributes and rotations of the run, and in a line why it can make no faces now; null: it can. */
  look(run: RunPlace): { conditions: string[]; problem: string | null };
  read(run: RunPlace, text: string): TextReply;
  /** `signal`: nobody waits for it any more. */
  make(run: RunPlace, wish: FaceWish, signal: AbortSignal): Promise<FacesReply>;
}
