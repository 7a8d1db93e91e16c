// (pure) A text -> its words and marks, contractions taken apart.

import { SPELLINGS } from '../lexicon/grammar-words.ts';

export interface Token {
  /** Lower case, one spelling: "Greying" is "graying". */
  word: string;
  /** "," "." ":" "/" "-" and the like; a hyphen is a mark only in front of a word: "-Eyeglasses". */
  isMark: boolean;
  /** Where it stands in the text. */
  start: number;
  end: number;
}

const PATTERN =
  /(?<!\p{L})w\/o?(?!\p{L})|(?<=[:=]\s*)-1(?!\d)|[\p{L}\p{N}]+(?:_[\p{L}\p{N}]+)+|\p{L}+(?:['’]\p{L}+)*['’]?|\p{N}+(?:st|nd|rd|th|s)?(?![\p{L}])|\p{N}+|[.,;:!?/&()=\-–—°+|\n]/gu;

/** Contractions without their apostrophe. */
const BARE_CONTRACTIONS = /^(is|are|was|were|do|does|did|has|have|had|wo|ca|could|should|would)nt$/;

/** "Glasses? No." is "Glasses: no." */
const ANSWER = /^\s*(no|none|nope|yes|yep|yeah)\s*([.,;!)\n]|$)/i;

/** `isName` tells the names of label files, such as `black_hair`, from other words that are joined by underscores. */
export function tokenize(text: string, isName: (word: string) => boolean): Token[] {
  return [...text.matchAll(PATTERN)].flatMap((match) => {
    const [found] = match;
    const start = match.index;
    if (!found.includes('_')) return readToken(text, found, start);
    if (isName(found.toLowerCase())) return [{ word: `=${found.toLowerCase()}`, isMark: false, start, end: start + found.length }];
    return [...found.matchAll(/[^_]+/g)].flatMap((part) => readToken(text, part[0], start + part.index));
  });
}

function readToken(text: string, found: string, start: number): Token[] {
  const end = start + found.length;
  const token = (word: string, from = start, to = end): Token => ({ word: SPELLINGS[word] ?? word, isMark: false, start: from, end: to });
  if (found === '-1') return [token('0')]; // "Male: -1"
  if (found.startsWith('w/')) return [token(found === 'w/' ? 'with' : 'without')];
  if (/^[\p{L}\p{N}]/u.test(found)) {
    const word = found.toLowerCase().replaceAll('’', "'");
    if (/^o'?clock$/.test(word)) return [token('o'), token('clock')];
    const bare = BARE_CONTRACTIONS.exec(word);
    if (bare || word.endsWith("n't")) {
      const stem = bare ? bare[1]! : word.slice(0, -3);
      return [token(stem === 'ca' ? 'can' : stem === 'wo' ? 'will' : stem, start, start + stem.length), token('n-t', start + stem.length)];
    }
    const [stem, ending] = word.split("'") as [string, string | undefined];
    if (!ending) return [token(stem, start, start + stem.length)];
    const endings: Record<string, string> = { s: "'s", re: 'are', m: 'am', ve: 'have', d: 'had', ll: 'will' };
    if (!(ending in endings)) return [token(word.replaceAll("'", ''))];
    return [token(stem, start, start + stem.length), token(endings[ending]!, start + stem.length)];
  }
  if (/[-–—]/.test(found)) {
    const isSum = / [+] /.test(text); // "man + beard - hat"
    const isMinus =
      found === '-' && /(^|[\s,;(])$/.test(text.slice(0, start)) && (isSum ? /^ ?[\p{L}\p{N}]/u : /^[\p{L}\p{N}]/u).test(text.slice(end));
    const isDash = found !== '-' || (/\s$/.test(text.slice(0, start)) && /^\s/.test(text.slice(end)));
    if (!isMinus && !isDash) return [];
    return [{ word: isMinus ? '-' : ',', isMark: true, start, end }];
  }
  const marks: Record<string, string> = { '!': '.', '?': '.', ';': '.', '\n': '.', '(': ',', ')': ',', '|': ',', '+': ',', '—': ',' };
  if (found === '°') return [token('degrees')];
  if (found === '.' && /\d$/.test(text.slice(0, start)) && /^\d/.test(text.slice(end))) return [];
  if (found === '?' && ANSWER.test(text.slice(end))) return [{ word: ':', isMark: true, start, end }];
  return [{ word: marks[found] ?? found, isMark: true, start, end }];
}
