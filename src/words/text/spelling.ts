// (pure) Small spelling mistakes.

import { editDistance } from '../edit-distance.ts';
import type { Dictionary } from '../lexicon/dictionary.ts';
import { LIKE_OURS } from '../lexicon/like-ours.ts';

const LEAST_LETTERS = 5;
const MOST_LETTERS = 30;
/** Two slips are allowed from here on. */
const LONG = 8;

/**
 * The word of the dictionary that was probably meant: at least 5 letters, the same first letter, one slip (two in words of 8
 * letters and more). Ordinary words that look like ours ("board", "beard") are never corrected.
 */
export function nearestKnownWord(word: string, dictionary: Dictionary): string | undefined {
  if (word.length < LEAST_LETTERS || word.length > MOST_LETTERS || LIKE_OURS.has(word) || !/^\p{L}+$/u.test(word)) return undefined;
  const allowed = word.length >= LONG ? 2 : 1;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of listWords(dictionary)) {
    if (candidate[0] !== word[0] || Math.abs(candidate.length - word.length) > allowed) continue;
    const distance = editDistance(word, candidate);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word: candidate, distance };
  }
  return best?.word;
}

const kept = new WeakMap<Dictionary, readonly string[]>();

/** Words that mean something, of at least 5 letters, with their plurals. */
function listWords(dictionary: Dictionary): readonly string[] {
  let words = kept.get(dictionary);
  if (!words) {
    const all = [...dictionary.values()]
      .flat()
      .filter(({ entry }) => entry.claims || entry.qualities || entry.part || entry.negation || entry.uncertain)
      .flatMap(({ words, entry }) => words.flatMap((word) => (entry.claims || entry.part ? [word, `${word}s`] : [word])));
    words = [...new Set(all)].filter((word) => word.length >= LEAST_LETTERS && /^\p{L}+$/u.test(word));
    kept.set(dictionary, words);
  }
  return words;
}
