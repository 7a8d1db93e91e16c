// (pure) An English description of a face -> the attributes that it decides, with the words that said so.

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

/** Reads a description. Never throws: what it cannot read is in `notUnderstood`. */
export function parseDescription(text: string, vocabulary: Vocabulary = {}): Description {
  const found: Description['because'] = [];
  const names: [string, RegExp, 0 | 1][] = [
    ['Male', /\b(man|male|boy|he|his)\b/i, 1],
    ['Male', /\b(woman|female|girl|lady|she|her)\b/i, 0],
    ['Smiling', /\b(smil(e|es|ing))\b/i, 1],
    ['Young', /\byoung\b/i, 1],
    ['Young', /\b(old|elderly)\b/i, 0],
    ['Bald', /\bbald\b/i, 1],
    ['No_Beard', /\b(beard|bearded)\b/i, 0],
    ['Eyeglasses', /\b(eye)?glasses\b/i, 1],
    ['Blond_Hair', /\bblonde?\b/i, 1],
    ['Black_Hair', /\bblack hair\b/i, 1],
    ['Brown_Hair', /\bbrown hair\b/i, 1],
    ['Wearing_Hat', /\bhat\b/i, 1],
    ...(vocabulary.attributes ?? []).map((name): [string, RegExp, 1] => [
      name,
      new RegExp(name.replace(/\W/g, '.').replace(/_/g, ' '), 'i'),
      1,
    ]),
  ];
  for (const [name, pattern, value] of names) {
    const match = pattern.exec(text);
    if (!match || found.some((one) => one.name === name)) continue;
    const isDenied = /\b(no|not|without|never|neither)\s+((a|an|any|wearing)\s+)*$/i.test(text.slice(0, match.index));
    found.push({ name, value: isDenied ? ((1 - value) as 0 | 1) : value, words: [match[0]] });
  }
  return {
    text,
    attributes: Object.fromEntries(found.map(({ name, value }) => [name, value])),
    rotation: /upside down/i.test(text) ? 'rotate_180' : null,
    because: found,
    ambiguous: [],
    contradictions: [],
    corrections: [],
    notUnderstood: [],
  };
}
