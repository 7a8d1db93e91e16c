// (pure) Small spelling mistakes.

import { editDistance } from '../edit-distance.ts';
import type { Dictionary } from '../lexicon/dictionary.ts';
import { LIKE_OURS } from '../lexicon/like-ours.ts';
import { listForms } from './word-forms.ts';

const LEAST_LETTERS = 5;
const MOST_LETTERS = 30;
/** Two slips are allowed from here on. */
const LONG = 8;

/**
 * The word of the dictionary that was probably meant: at least 5 letters, the same first letter, one slip (two in words of 8
 * letters and more). Where one of the two words has 4 letters, a slip is only a vowel left out ("womn") or a letter doubled ("laddy").
 * Ordinary words that look like ours ("board", "beard") are never corrected.
 */
export function nearestKnownWord(word: string, dictionary: Dictionary): string | undefined {
  if (word.length < LEAST_LETTERS - 1 || word.length > MOST_LETTERS || LIKE_OURS.has(word) || !/^\p{L}+$/u.test(word)) return undefined;
  const { all, meant } = listWords(dictionary);
  if (listForms(word).some((form) => all.has(form))) return undefined;
  const allowed = word.length >= LONG ? 2 : 1;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of meant) {
    if (candidate[0] !== word[0] || Math.abs(candidate.length - word.length) > allowed) continue;
    if (Math.min(word.length, candidate.length) < LEAST_LETTERS && !isSmallSlip(word, candidate)) continue;
    const distance = editDistance(word, candidate);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** "womn", "laddy". */
function isSmallSlip(word: string, meant: string): boolean {
  if (word.length < meant.length) return [...meant].some((letter, i) => /[aeiou]/.test(letter) && without(meant, i) === word);
  return [...word].some((letter, i) => letter === word[i + 1] && without(word, i) === meant);
}

const without = (word: string, at: number) => word.slice(0, at) + word.slice(at + 1);

interface Words {
  /** Every word of every phrase. */
  all: ReadonlySet<string>;
  /** Those that a misspelt word may have been: of at least 4 letters, with their plurals. */
  meant: readonly string[];
}

const kept = new WeakMap<Dictionary, Words>();

function listWords(dictionary: Dictionary): Words {
  let words = kept.get(dictionary);
  if (!words) {
    const phrases = [...dictionary.values()].flat();
    const meant = phrases
      .filter(({ entry }) => entry.claims || entry.qualities || entry.part || entry.negation || entry.uncertain)
      .flatMap(({ words, entry }) =>
        (entry.negation ? words.filter((word) => word.length >= LEAST_LETTERS) : words).flatMap((word) =>
          entry.claims || entry.part ? [word, `${word}s`] : [word],
        ),
      )
      .filter((word) => word.length >= LEAST_LETTERS - 1 && /^\p{L}+$/u.test(word));
    words = { all: new Set(phrases.flatMap((phrase) => phrase.words)), meant: [...new Set(meant)] };
    kept.set(dictionary, words);
  }
  return words;
}
