// (pure) Ages in years and decades: "a 65-year-old man", "in her early twenties", "aged 30".

import type { Entry } from '../lexicon/dictionary.ts';
import type { Part } from '../lexicon/parts.ts';
import type { Token } from './tokens.ts';

/** Whoever is younger counts as young. CelebA's labellers knew no age; middle-aged people are labelled as not young. */
const OLD_FROM = 40;

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const DECADES = 'twenties thirties forties fifties sixties seventies eighties nineties'.split(' ');

/** An age that begins at this token, as an adjective of a person. */
export function readAge(tokens: readonly Token[], at: number): { entry: Entry; length: number } | null {
  const words = tokens.slice(at, at + 8).map(({ word }) => word);
  const decade = readDecade(words);
  if (decade) return { entry: ageEntry(decade.years), length: decade.length };
  const isLed = /^(aged|age|ages)$/.test(words[0]!);
  const before = tokens.slice(Math.max(0, at - 3), at).map(({ word }) => word);
  const start = isLed ? 1 + (/^(of|about|around|approximately|:|over|under)$/.test(words[1] ?? '') ? 1 : 0) : 0;
  const number = readNumber(words.slice(start));
  if (!number) return null;
  const after = words.slice(start + number.length);
  const years = /^(years?|yrs?|yo|y\/o)$/.exec(after[0] ?? '');
  if (years) return { entry: ageEntry(number.years), length: start + number.length + 1 + countOld(after.slice(1)) };
  if (after[0] === 'something') return { entry: ageEntry(number.years), length: start + number.length + 1 };
  if (after[0] === 'y' && after[1] === 'o') return { entry: ageEntry(number.years), length: start + number.length + 2 };
  if (isLed) return { entry: ageEntry(number.years), length: start + number.length };
  const isSaid =
    /^(over|past|about|around|is|turned|aged|nearly|almost|man|woman|he|she)$/.test(before.at(-1) ?? '') ||
    / (age|man|woman|lady|gentleman|guy|person|male|female) of$/.test(` ${before.join(' ')}`);
  const ends = after.length === 0 || /^([.,]|with|and|who)$/.test(after[0]!);
  return isSaid && ends && number.years >= 10 && number.years <= 110 ? { entry: ageEntry(number.years), length: number.length } : null;
}

function countOld(words: readonly string[]): number {
  if (words[0] === 'old') return 1;
  return words[0] === 'of' && words[1] === 'age' ? 2 : 0;
}

/** In digits or letters: 65, sixty five. */
function readNumber(words: readonly string[]): { years: number; length: number } | null {
  const [first = '', second = ''] = words;
  if (/^\d{1,3}$/.test(first)) return { years: Number(first), length: 1 };
  const ten = TENS.indexOf(first);
  if (ten >= 0) {
    const unit = UNITS.indexOf(second);
    return unit > 0 && unit < 10 ? { years: (ten + 2) * 10 + unit, length: 2 } : { years: (ten + 2) * 10, length: 1 };
  }
  const unit = UNITS.indexOf(first);
  return unit >= 0 ? { years: unit, length: 1 } : null;
}

/** twenties, 20s, 20's, teens. */
function readDecade(words: readonly string[]): { years: number; length: number } | null {
  const [first = '', second = ''] = words;
  if (DECADES.includes(first)) return { years: (DECADES.indexOf(first) + 2) * 10, length: 1 };
  if (/^[1-9]0s$/.test(first)) return { years: Number(first.slice(0, 2)), length: 1 };
  if (/^[1-9]0$/.test(first) && second === "'s") return { years: Number(first), length: 2 };
  return null;
}

function ageEntry(years: number): Entry {
  const value = years < OLD_FROM ? 1 : 0;
  return { qualities: new Map<Part, Entry['claims'] & object>([['person', [{ name: 'Young', value, turns: true }]]]), isOfPeople: true };
}
