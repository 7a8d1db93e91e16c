// (pure) What is known of a description: the contract of this room.

export interface Vocabulary {
  /** Names of a data set's own, beside the 40 of CelebA: Has_Scar is found as "has scar", "scar". */
  attributes?: readonly string[];
  /** `dataset.phrases` of an experiment file: more words for a name. */
  phrases?: Readonly<Record<string, Phrases>>;
}

/** A plain list says yes. */
export type Phrases = readonly string[] | { yes?: readonly string[]; no?: readonly string[] };

export interface Description {
  text: string;
  /** Each attribute that the text decides: CelebA's names and the data set's own. */
  attributes: Record<string, 0 | 1>;
  /** rotate_90, rotate_180, rotate_270 or null. */
  rotation: string | null;
  /** The words that said so, as they stand in the text. */
  because: { name: string; value: 0 | 1; words: string[] }[];
  /** "black or brown hair": names that stay undecided. */
  ambiguous: { words: string; names: string[]; reason: string }[];
  /** Said both ways. */
  contradictions: { name: string; words: string[]; taken: 0 | 1 }[];
  /** Small spelling mistakes: what was read instead. */
  corrections: { found: string; read: string }[];
  /** Content words that decided nothing. */
  notUnderstood: string[];
}
