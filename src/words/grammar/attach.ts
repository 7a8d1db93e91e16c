// (pure) Adjectives to their nouns: what each word of a sentence asserts, whatever negations say.

import type { Claim } from '../lexicon/dictionary.ts';
import { combine, findHeadAhead, type HeadAhead, type Sentence } from './sentence.ts';

export interface Assertion {
  claim: Claim;
  /** The unit that says it; negations that cover it turn it over. */
  by: number;
  /** The noun that an adjective belongs to, if it is another one. */
  of: number | null;
}

export interface Attachments {
  assertions: Assertion[];
  /** "dark hair": one of these names. */
  uncertain: { units: number[]; names: readonly string[] }[];
  /** The adjectives of each noun, those that say nothing included. */
  adjectives: ReadonlyMap<number, readonly number[]>;
}

/** What an adjective without a noun behind it belongs to: "hair is brown", "hair brown and curly". */
interface Target {
  /** Nouns that are joined, of the one that comes first into question; then others. */
  groups: Groups;
  isVerbal: boolean;
  /** A first adjective was said: "and" and commas go on with the list. */
  isBegun: boolean;
}

type Groups = readonly (readonly number[])[];

interface ClauseHead {
  head: number;
  /** By a preposition: the beard in "the man with the beard is smiling". */
  isGoverned: boolean;
}

export function attach(sentence: Sentence): Attachments {
  const { units, roles } = sentence;
  const assertions: Assertion[] = [];
  const uncertain: Attachments['uncertain'] = [];
  const adjectives = new Map<number, number[]>();
  let target = null as Target | null;
  let clause: ClauseHead[] = [];
  let subject = null as Groups | null;
  let lastPart = -1;
  let hasPerson = false;

  const assert = (claims: readonly Claim[], by: number, of: number | null) => {
    for (const claim of claims) assertions.push({ claim, by, of });
  };

  for (let i = 0; i < units.length; i++) {
    const role = roles[i]!;
    const last = roles[i - 1];
    if (role === 'pronoun' || role === 'possessive') assert(units[i]!.entry.claims ?? [], i, null);
    if (role === 'stop') [target, clause, subject] = [null, [], null];
    else if (role === 'comma' || role === 'or') target = target?.isBegun ? target : null;
    else if (role === 'and') {
      target = target?.isBegun ? target : null;
      if (['article', 'possessive', 'pronoun'].includes(roles[i + 1] ?? '')) clause = [];
    } else if (role === 'with' || role === 'have') {
      target = null;
      if (role === 'have') clause = [];
    } else if (role === 'but') {
      target = target?.isBegun ? target : null;
    } else if (role === 'possessive') {
      if (last !== 'with' && last !== 'preposition') clause = [];
      target = null;
    } else if (role === 'pronoun') {
      clause = [{ head: i, isGoverned: false }];
      hasPerson = true;
      target = null;
    } else if (role === 'neutral' && /^(it|they|whose)$/.test(units[i]!.words)) {
      clause = lastPart >= 0 && units[i]!.words !== 'whose' ? [{ head: lastPart, isGoverned: false }] : [];
    } else if (role === 'copula') {
      const groups: Groups = findSubject(sentence, i, { clause, subject });
      target = { groups, isVerbal: true, isBegun: false };
      subject = groups;
      clause = [];
    } else if (role === 'head' || (role === 'other' && isNoun(sentence, i))) {
      if (roles[i] === 'head' && !units[i]!.entry.isPerson && units[i]!.entry.part && units[i]!.entry.part !== 'photo') lastPart = i;
      if (units[i]!.entry.isPerson) hasPerson = true;
      shareAdjectives(i);
      clause.push({ head: i, isGoverned: isGoverned(sentence, i) });
      assert(units[i]!.entry.claims ?? [], i, null);
      if (!target?.isVerbal || !target.isBegun || last === 'comma')
        target = { groups: [joinedHeads(sentence, i)], isVerbal: false, isBegun: false };
    } else if (role === 'other') {
      if (target) target = { ...target, isBegun: true };
    } else if (role === 'quality') {
      attachQuality(i);
    }
  }
  return { assertions, uncertain, adjectives };

  function attachQuality(i: number): void {
    const { entry } = units[i]!;
    const ahead = findHeadAhead(sentence, i);
    const isOther = ahead !== null && ahead.passed !== null && !entry.isOfPeople && units[ahead.head]!.entry.isPerson;
    const right = ahead?.isKnown && !isOther ? combine(sentence, i, ahead.head) : [];
    const says = (head: number) => combine(sentence, i, head).length > 0;
    const own = target?.groups.find((group) => group.some(says))?.filter(says) ?? [];
    if (ahead) adjectives.set(ahead.head, [...(adjectives.get(ahead.head) ?? []), i]);
    if (ahead && isOfOtherThing(i, ahead)) return;
    if (entry.uncertain && attachUncertain(i, ahead)) return;
    if (right.length > 0 && !(ahead!.afterComma && own.length > 0)) {
      assert(right, i, ahead!.head);
    } else if (own.length > 0) {
      for (const head of own) assert(combine(sentence, i, head), i, head);
      target = { ...target!, isBegun: true };
    } else {
      if (target?.isVerbal) target = { ...target, isBegun: true };
      const person = entry.qualities?.get('person') ?? entry.qualities?.get('photo');
      const isOfLastPart =
        roles[i - 1] === 'comma' ||
        (roles[i - 1] === 'negation' && roles[i - 2] === 'comma') ||
        COLOUR_NOUN.test(units[i + 1]?.words ?? '');
      if (person && !isTaken(i, ahead)) assert(person, i, null);
      else if (!ahead && !person && lastPart >= 0 && isOfLastPart) assert(combine(sentence, i, lastPart), i, lastPart);
    }
  }

  /** "brown hair in a grey suit", "at an old table": behind a preposition and an article, a noun that is no part of a face. */
  function isOfOtherThing(i: number, { head, isKnown, afterComma }: HeadAhead): boolean {
    if (isKnown || afterComma || !isGoverned(sentence, head) || COLOUR_NOUN.test(units[head]!.words)) return false;
    let j = i - 1;
    while (['quality', 'hedge', 'other', 'neutral'].includes(roles[j] ?? '')) j--;
    return roles[j] === 'article';
  }

  /** Whether an adjective belongs to a thing of which it says nothing: "a black hat", "the background is blurry". */
  function isTaken(i: number, ahead: HeadAhead | null): boolean {
    const { entry } = units[i]!;
    const isHair = entry.qualities?.has('hair') === true;
    if (ahead && isHair && units[ahead.head]!.entry.isOtherHair) return true;
    if (entry.isOfPeople) return false;
    if (ahead && ahead.passed !== null) return true;
    if (ahead && !ahead.afterComma) {
      if (units[ahead.head]!.entry.isPerson) return false;
      return ahead.isKnown || hasPerson || roles[i - 1] !== 'article';
    }
    const head = target?.groups[0]?.[0];
    if (head === undefined || roles[head] === 'pronoun' || units[head]!.entry.isPerson) return false;
    return target!.isVerbal || (isHair && units[head]!.entry.isOtherHair === true);
  }

  function attachUncertain(i: number, ahead: HeadAhead | null): boolean {
    const { part, names } = units[i]!.entry.uncertain!;
    const heads = ahead?.isKnown && units[ahead.head]!.entry.part === part ? [ahead.head] : (target?.groups.flat() ?? []);
    const head = heads.find((one) => units[one]!.entry.part === part);
    if (head === undefined || (ahead?.isKnown && !heads.includes(ahead.head) && !ahead.afterComma)) return false;
    uncertain.push({ units: [i, head], names });
    if (target && head !== ahead?.head) target = { ...target, isBegun: true };
    return true;
  }

  /** "big lips and nose": a noun that has no adjective of its own shares those before. */
  function shareAdjectives(i: number): void {
    if (roles[i - 1] !== 'and' || roles[i - 2] !== 'head' || adjectives.has(i)) return;
    for (const quality of adjectives.get(i - 2) ?? []) assert(combine(sentence, quality, i), quality, i);
  }
}

const COLOUR_NOUN = /^(color|colored|shade|tone|hue)$/;

/** An unknown word in a noun's place, behind an article and the like: "the background is blurry". */
function isNoun({ roles }: Sentence, i: number): boolean {
  if (['quality', 'other', 'head'].includes(roles[i + 1] ?? 'stop')) return false;
  let j = i - 1;
  while (roles[j] === 'quality' || roles[j] === 'hedge' || roles[j] === 'other' || roles[j] === 'neutral') j--;
  return ['article', 'possessive', 'have', 'with', 'preposition'].includes(roles[j] ?? '') && !['copula'].includes(roles[j] ?? '');
}

/** Whether a preposition stands before the noun phrase. */
export function isGoverned({ roles }: Sentence, i: number): boolean {
  let j = i - 1;
  while (['quality', 'hedge', 'other', 'article', 'possessive', 'neutral'].includes(roles[j] ?? '')) j--;
  return roles[j] === 'preposition' || roles[j] === 'with';
}

/** "his nose and lips", "the nose, and the lips", "neither the nose nor the lips": both. */
function joinedHeads({ units, roles }: Sentence, i: number): number[] {
  const heads = [i];
  for (;;) {
    let k = heads.at(-1)! - 1;
    while (roles[k] === 'article' || roles[k] === 'possessive') k--;
    if (roles[k] !== 'and' && roles[k] !== 'or' && units[k]?.entry.negation !== 'nor') return heads;
    k -= roles[k - 1] === 'comma' ? 2 : 1;
    if (roles[k] !== 'head') return heads;
    heads.push(k);
  }
}

/**
 * Of what a verb speaks: the first noun of its clause that no preposition governs, with those joined to it; then the others, for
 * adjectives that say nothing of the first ("the color of her hair is brown"). Without a noun: as the verb before.
 */
function findSubject(
  { units, roles }: Sentence,
  verb: number,
  { clause, subject }: { clause: readonly ClauseHead[]; subject: Groups | null },
): Groups {
  let before = verb - 1;
  while (roles[before] === 'negation' || roles[before] === 'auxiliary' || roles[before] === 'hedge') before--;
  const last = roles[before];
  const near = clause.at(-1);
  if (last === 'relative') {
    if (units[before]!.words === 'who') return [clause.map(({ head }) => head).filter((head) => units[head]!.entry.isPerson)];
    return near ? [[near.head]] : (subject ?? []);
  }
  if (!near || last === 'and' || last === 'comma' || last === 'but') return subject ?? [];
  const main = clause.find(({ isGoverned }) => !isGoverned) ?? near;
  const joined = joinedHeads({ units, roles }, near.head);
  const first = joined.includes(main.head) ? joined : [main.head];
  return [first, ...clause.map(({ head }) => [head]).filter(([head]) => !first.includes(head!))];
}
