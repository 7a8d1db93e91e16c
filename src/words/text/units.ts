// (pure) Tokens -> units: the longest phrases that the dictionary knows, and what is left over.

import type { Dictionary, Entry } from '../lexicon/dictionary.ts';
import { nearestKnownWord } from './spelling.ts';
import type { Token } from './tokens.ts';
import { listForms } from './word-forms.ts';

export interface Unit {
  entry: Entry;
  /** The words as the dictionary has them; of an unknown word its token. */
  words: string;
  /** Tokens from `from` to before `to`. */
  from: number;
  to: number;
  /** "." or "," …; "" for words. */
  mark: string;
  isKnown: boolean;
}

export interface Correction {
  found: string;
  read: string;
}

/** Rules that stand before the dictionary: ages and rotations. They give a unit and how many tokens it takes, or null. */
export type Reader = (tokens: readonly Token[], at: number) => { entry: Entry; length: number } | null;

export function readUnits(
  tokens: readonly Token[],
  dictionary: Dictionary,
  { text, readers }: { text: string; readers: readonly Reader[] },
): { units: Unit[]; corrections: Correction[] } {
  const units: Unit[] = [];
  const corrections: Correction[] = [];
  const words = tokens.map(({ word, isMark, start, end }) => {
    const read = isMark || splitCompound(word, dictionary) ? undefined : nearestKnownWord(word, dictionary);
    if (read !== undefined) corrections.push({ found: text.slice(start, end), read });
    return read ?? word;
  });
  for (let i = 0; i < tokens.length; ) {
    const read = readers.map((reader) => reader(tokens, i)).find((one) => one !== null);
    if (read) {
      units.push({ entry: read.entry, words: '', from: i, to: i + read.length, mark: '', isKnown: true });
      i += read.length;
      continue;
    }
    const token = tokens[i]!;
    const match = matchPhrase(words, i, dictionary);
    if (match) {
      units.push(...readInnerPossessives(words, i, match, dictionary));
      units.push({ ...match, from: i, mark: token.isMark ? token.word : '', isKnown: true });
      i = match.to;
      continue;
    }
    if (token.isMark) {
      units.push({ entry: {}, words: token.word, from: i, to: i + 1, mark: token.word, isKnown: true });
      i++;
      continue;
    }
    const split = splitCompound(token.word, dictionary);
    if (split) {
      for (const entry of split) units.push({ entry, words: token.word, from: i, to: i + 1, mark: '', isKnown: true });
      i++;
      continue;
    }
    units.push({ entry: {}, words: words[i]!, from: i, to: i + 1, mark: '', isKnown: false });
    i++;
  }
  return { units, corrections };
}

function matchPhrase(words: readonly string[], at: number, dictionary: Dictionary): { entry: Entry; words: string; to: number } | null {
  for (const form of listForms(words[at]!)) {
    for (const phrase of dictionary.get(form) ?? []) {
      const to = matchRest(words, at + 1, phrase.words);
      if (to !== null) return { entry: phrase.entry, words: phrase.words.join(' '), to };
    }
  }
  return null;
}

/** The "her" of "bags under her eyes", as a unit in front. */
function readInnerPossessives(
  words: readonly string[],
  from: number,
  { words: phrase, to }: { words: string; to: number },
  dictionary: Dictionary,
): Unit[] {
  if (to - from <= 2) return [];
  return words.slice(from, to).flatMap((word, k) => {
    if ((word !== 'his' && word !== 'her') || phrase.includes(word)) return [];
    return [{ entry: dictionary.get(word)![0]!.entry, words: word, from: from + k, to: from + k + 1, mark: '', isKnown: true }];
  });
}

/** Articles and possessives inside a longer phrase are skipped: "bags under her eyes". */
const SKIPPED = /^(a|an|the|his|her|their|its|both|my)$/;

function matchRest(words: readonly string[], from: number, phrase: readonly string[]): number | null {
  let i = from;
  for (const wanted of phrase.slice(1)) {
    if (phrase.length > 2 && i < words.length && words[i] !== wanted && SKIPPED.test(words[i]!)) i++;
    if (i >= words.length || !listForms(words[i]!).includes(wanted)) return null;
    i++;
  }
  return i;
}

/** "beardless", and "blackhaired". */
function splitCompound(word: string, dictionary: Dictionary): Entry[] | null {
  const one = (part: string) => dictionary.get(part)?.find(({ words }) => words.length === 1)?.entry;
  if (word.endsWith('less')) {
    const noun = one(word.slice(0, -4));
    if (noun?.claims) return [{ negation: 'no' }, noun];
  }
  const compound = /^(.{3,})(haired|eyed|skinned|nosed|lipped|faced|browed|eyebrowed|cheeked)$/.exec(word);
  if (compound) {
    const quality = one(compound[1]!);
    const noun = one(compound[2]!);
    if (quality?.qualities && noun) return [quality, noun];
  }
  return null;
}
