// (pure) Which units each negation covers.

import { MASS_NOUNS } from '../lexicon/grammar-words.ts';
import type { Role } from './roles.ts';
import { findHeadAhead, isThing, type Sentence } from './sentence.ts';

/** For each unit the negations that cover it: an even number of them denies nothing ("not without a beard"). */
export function coverByNegations(sentence: Sentence): number[][] {
  const { units, roles } = sentence;
  const covers: number[][] = units.map(() => []);
  for (let i = 0; i < units.length; i++) {
    if (isZero(sentence, i)) {
      for (const j of findBefore(sentence, i)) covers[j]!.push(i);
      continue;
    }
    if (roles[i] === 'negation') {
      const end = findEnd(sentence, i);
      for (let j = i + 1; j < end; j++) covers[j]!.push(i);
      if (units[i]!.entry.negation === 'not' && !hasContent(sentence, i + 1, end))
        for (const j of findBefore(sentence, i)) covers[j]!.push(i);
    }
    if (roles[i] === 'deniesBefore') for (const j of findBefore(sentence, i)) covers[j]!.push(i);
  }
  return covers;
}

/** "Smiling: 0", "Male=false", "glasses: no". */
function isZero({ units, roles }: Sentence, i: number): boolean {
  if (roles[i - 1] !== 'copula' || !/^[:=]$/.test(units[i - 1]!.mark)) return false;
  return /^(0|false)$/.test(units[i]!.words) || (/^(no|none|nope)$/.test(units[i]!.words) && (units[i + 1]?.mark ?? '.') !== '');
}

function hasContent({ roles }: Sentence, from: number, end: number): boolean {
  return roles.slice(from, end).some((role) => role === 'head' || role === 'quality' || role === 'other' || role === 'nothing');
}

/** "a beard is not visible": what stands before the verb. */
function findBefore({ units, roles }: Sentence, at: number): number[] {
  const passed = units[at]!.words === 'none' ? ['pronoun', 'comma'] : []; // "as for glasses, she wears none"
  const found: number[] = [];
  for (let j = at - 1; j >= 0; j--) {
    const role = roles[j]!;
    if (role === 'head' && !units[j]!.entry.isPerson) {
      found.push(j);
      if (roles[j - 1] !== 'and' && roles[j - 1] !== 'or') break;
    } else if (role === 'quality' && found.length === 0) {
      found.push(j);
      break;
    } else if (!['copula', 'auxiliary', 'hedge', 'neutral', 'and', 'or', 'have', ...passed].includes(role)) break;
  }
  return found;
}

/** The first unit after a negation's scope. */
function findEnd(sentence: Sentence, at: number): number {
  const { units, roles } = sentence;
  const kind = units[at]!.mark === '-' ? 'no' : units[at]!.entry.negation!;
  const isInverted = roles[at + 1] === 'copula' || roles[at + 1] === 'auxiliary'; // "nor is the nose big"
  let head = -1;
  let seen = false;
  for (let j = at + 1; j < units.length; j++) {
    const role = roles[j]!;
    const last = roles[j - 1]!;
    if (role === 'stop') return j;
    if (role === 'comma') {
      if (units[at]!.mark === '-') return j;
      if (!seen || isInChain(sentence, j, head) || listGoesOn(sentence, j, { kind, head })) continue;
      return j;
    }
    if (role === 'and') {
      if (!seen || isInChain(sentence, j, head) || goesOnAfterAnd(sentence, j, { at, kind, head })) continue;
      return j;
    }
    if (role === 'negation') {
      if (seen || units[j]!.entry.negation === 'nor' || units[j]!.entry.negation === 'instead') return j;
      continue;
    }
    if (!seen && role !== 'head' && role !== 'quality' && role !== 'other') continue;
    const isJoined = last === 'or';
    if (role === 'but' || role === 'with' || role === 'relative' || role === 'there' || role === 'pronoun') return j;
    if ((role === 'have' || role === 'copula' || role === 'auxiliary') && !isJoined) return j;
    if (role === 'possessive' && (last === 'comma' || last === 'and')) return j;
    if (
      !isInverted &&
      head >= 0 &&
      last === 'head' &&
      (role === 'head' || role === 'quality' || role === 'article') &&
      !isCompound(sentence, j)
    )
      return j;
    if (role === 'preposition' && last === 'head' && isThing(sentence, head) && isWord(roles[j + 1])) return j;
    if (role === 'head') head = j;
    if (role === 'head' || role === 'quality' || role === 'other') seen = true;
  }
  return units.length;
}

/** "No glasses on the face of a young boy" denies the glasses; "no glasses on, or a hat" goes on. */
function isWord(role: Role | undefined): boolean {
  return role !== undefined && !['comma', 'stop', 'or', 'and'].includes(role);
}

/** "no hair color": two nouns for one. */
function isCompound({ units }: Sentence, j: number): boolean {
  return units[j]!.entry.part !== undefined && units[j]!.entry.part === units[j - 1]!.entry.part;
}

/** A comma or an "and" between two adjectives of one noun that is still to come: "no long, curly hair". */
function isInChain(sentence: Sentence, j: number, head: number): boolean {
  const { roles } = sentence;
  if (head >= 0 || (roles[j - 1] !== 'quality' && roles[j - 1] !== 'other') || (roles[j + 1] !== 'quality' && roles[j + 1] !== 'other'))
    return false;
  const ahead = findHeadAhead(sentence, j);
  const before = findHeadAhead(sentence, j - 1);
  return ahead?.isKnown === true && before?.head === ahead.head && !combinesWithPerson(sentence, j - 1);
}

function combinesWithPerson({ units }: Sentence, quality: number): boolean {
  return units[quality]!.entry.qualities?.has('person') === true;
}

/** Whether the list behind a comma is closed by "or" or "nor" (or by "and" after "without"): "no beard, mustache or goatee". */
function listGoesOn(sentence: Sentence, comma: number, { kind, head }: { kind: string; head: number }): boolean {
  const { units, roles } = sentence;
  let isFirst = true;
  for (let j = comma + 1; j < units.length; j++) {
    const role = roles[j]!;
    if (role === 'or') return true;
    if (role === 'negation') return units[j]!.entry.negation === 'nor';
    if (role === 'and') {
      if (roles[j + 1] === 'or' || isNor(sentence, j + 1)) return true;
      return (
        isBare(sentence, j + 1) && (kind !== 'no' || !isFirst) && kind !== 'instead' && head >= 0 && !isAdjectiveList(sentence, comma, j)
      );
    }
    if (role === 'head' && head < 0) return false;
    if (role === 'head') isFirst = kind === 'no' && !isSingular(sentence, j);
    if (role === 'quality' && head >= 0 && combinesWithPerson(sentence, j) && !findHeadAhead(sentence, j)) return false;
    if (!['head', 'quality', 'other', 'article', 'hedge', 'comma', 'neutral', 'nothing'].includes(role)) return false;
  }
  return false;
}

function isAdjectiveList({ roles }: Sentence, from: number, to: number): boolean {
  return roles.slice(from, to).includes('quality');
}

function isNor({ units }: Sentence, j: number): boolean {
  return units[j]?.entry.negation === 'nor';
}

function goesOnAfterAnd(sentence: Sentence, and: number, { at, kind, head }: { at: number; kind: string; head: number }): boolean {
  const { roles } = sentence;
  let j = and + 1;
  while (roles[j] === 'hedge') j++;
  const isVerbal = kind === 'not' && (roles[at - 1] === 'copula' || roles[at - 1] === 'auxiliary' || roles[at - 1] === 'have');
  if (roles[j] === 'article') return head >= 0 && hasArticle(sentence, head) && (kind === 'without' || isVerbal) && isBare(sentence, j + 1);
  if (roles[j] === 'head') {
    if (!isThing(sentence, j) || head < 0 || !isBare(sentence, j)) return false;
    return kind === 'no' ? isSingular(sentence, j) : kind !== 'not' || isVerbal;
  }
  if (roles[j] === 'quality') return head < 0 && isVerbal && findHeadAhead(sentence, j) === null;
  return false;
}

function hasArticle({ roles }: Sentence, head: number): boolean {
  let j = head - 1;
  while (roles[j] === 'quality' || roles[j] === 'hedge' || roles[j] === 'other') j--;
  return roles[j] === 'article';
}

/** A thing with no adjective of its own, after which its list or clause ends. */
function isBare(sentence: Sentence, j: number): boolean {
  const { roles } = sentence;
  const k = roles[j] === 'article' ? j + 1 : j;
  return isThing(sentence, k) && !['quality', 'copula', 'head'].includes(roles[k + 1] ?? 'stop');
}

/** "beard" cannot stand without an article, unless it shares that of the noun before: "no beard and mustache". */
function isSingular({ units }: Sentence, j: number): boolean {
  const { words } = units[j]!;
  return isThingWord(words) && !MASS_NOUNS.split(' ').includes(words);
}

function isThingWord(words: string): boolean {
  return !/s$/.test(words);
}
