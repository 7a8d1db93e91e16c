// (pure) Singulars.

import { PLURALS } from '../lexicon/people.ts';

/** The word, and what it may be the plural of. */
export function listForms(word: string): string[] {
  if (word in PLURALS) return [word, PLURALS[word]!];
  if (word.endsWith('ies')) return [word, `${word.slice(0, -3)}y`];
  if (/(s|x|ch|sh)es$/.test(word)) return [word, word.slice(0, -2), word.slice(0, -1)];
  if (/[^s]s$/.test(word)) return [word, word.slice(0, -1)];
  return [word];
}
