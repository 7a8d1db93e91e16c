// (pure) What each unit does in its sentence.

import type { GRAMMAR } from '../lexicon/grammar-words.ts';
import type { Unit } from '../text/units.ts';

export type Role =
  | keyof typeof GRAMMAR
  | 'head'
  | 'pronoun'
  | 'possessive'
  | 'quality'
  | 'negation'
  | 'deniesBefore'
  | 'comma'
  | 'stop'
  | 'hedge'
  | 'neutral'
  | 'nothing'
  | 'other';

export function assignRoles(units: readonly Unit[]): Role[] {
  const roles: Role[] = [];
  for (let i = 0; i < units.length; i++) roles.push(roleOf(units, i, roles));
  return roles;
}

function roleOf(units: readonly Unit[], i: number, before: readonly Role[]): Role {
  const { entry, mark, words, isKnown } = units[i]!;
  const last = before[i - 1];
  const next = units[i + 1]?.entry;
  if (mark === '/' && !isChoice(units, i)) return 'comma';
  if (mark) return roleOfMark(mark);
  if (!isKnown) return /^\p{L}{3,}ly$/u.test(words) ? 'hedge' : 'other';
  if (words === "'s")
    return last === 'relative' || last === 'pronoun' || last === 'there' || (next?.qualities && !isNounAhead(units, i + 1))
      ? 'copula'
      : 'possessive';
  if (entry.isPronoun) return entry.isPossessive && next !== undefined && !units[i + 1]!.mark ? 'possessive' : 'pronoun';
  if (entry.negation) return 'negation';
  if (words === 'look' && (last === 'article' || last === 'quality' || last === 'possessive')) return 'neutral';
  if (words === 'that')
    return next?.grammar === 'copula' || next?.grammar === 'have' || units[i + 1]?.words === "'s" ? 'relative' : 'article';
  if (words === 'pretty' && isAdverb(units, i, last)) return 'hedge';
  if (entry.grammar === 'have' && (last === 'head' || last === 'pronoun' || last === 'and') && entry.part) return 'have';
  if (entry.claims || entry.part || entry.group) return 'head';
  if (entry.qualities) return 'quality';
  if (words === 'off') return isAtEnd(units, i) ? 'deniesBefore' : 'preposition';
  if (entry.deniesBefore) return 'deniesBefore';
  return entry.grammar ?? (entry.isOtherHair ? 'head' : 'neutral');
}

/** "Her glasses off, she smiles", where "off her face" goes on. */
function isAtEnd(units: readonly Unit[], i: number): boolean {
  const next = units[i + 1];
  return next?.mark !== '' || next.entry.grammar === 'and' || next.entry.grammar === 'but';
}

function roleOfMark(mark: string): Role {
  if (mark === '.') return 'stop';
  if (mark === '-') return 'negation';
  if (mark === ':' || mark === '=') return 'copula';
  if (mark === '/') return 'or';
  return mark === '&' ? 'and' : 'comma';
}

/** "black/brown hair" and "man/woman" leave open which; "young/smiling/glasses" is a list. */
function isChoice(units: readonly Unit[], slash: number): boolean {
  const [left, right] = [units[slash - 1]?.entry, units[slash + 1]?.entry];
  if (left?.isPerson || left?.isPronoun) return right?.isPerson === true || right?.isPronoun === true;
  return left?.qualities !== undefined && right?.qualities !== undefined && isNounAhead(units, slash + 2);
}

/** "pretty big" is no praise; "a pretty young woman" is. */
function isAdverb(units: readonly Unit[], i: number, last: Role | undefined): boolean {
  const next = units[i + 1];
  if (!next || next.mark || !(next.entry.qualities || !next.isKnown) || next.entry.claims) return false;
  if (last === 'copula') return true;
  for (const { entry, mark, isKnown } of units.slice(i + 1)) {
    if (entry.part || entry.claims) return !entry.isPerson;
    if (mark || (isKnown && !entry.qualities)) break;
  }
  return last !== 'article';
}

function isNounAhead(units: readonly Unit[], from: number): boolean {
  for (const { entry, mark, isKnown } of units.slice(from)) {
    if (entry.part || entry.claims) return true;
    if (mark || (isKnown && !entry.qualities && entry.grammar !== 'hedge' && entry.grammar !== 'and')) return false;
  }
  return false;
}
