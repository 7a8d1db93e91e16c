// (pure) A text as units with their roles, and the small questions that the rules ask of it.

import type { Claim } from '../lexicon/dictionary.ts';
import { type Part, PERSON_PARTS } from '../lexicon/parts.ts';
import type { Unit } from '../text/units.ts';
import type { Role } from './roles.ts';

export interface Sentence {
  units: readonly Unit[];
  roles: readonly Role[];
}

export interface HeadAhead {
  /** The noun's unit; an unknown word in a noun's place counts as one. */
  head: number;
  isKnown: boolean;
  /** Whether a comma stands between: "young, brown hair" may be two things. */
  afterComma: boolean;
  /** An unknown word in front of that comma, which may be the noun: "blurry background, smiling man". */
  passed: number | null;
}

/** The noun that an adjective in front of it belongs to: over other adjectives, hedges and the words that join them. */
export function findHeadAhead({ units, roles }: Sentence, quality: number): HeadAhead | null {
  let afterComma = false;
  let passed: number | null = null;
  let unknown = -1;
  for (let j = quality + 1; j < units.length; j++) {
    const role = roles[j]!;
    if (role === 'head') return { head: j, isKnown: true, afterComma, passed };
    if (role === 'quality' || role === 'hedge') {
      if (role === 'quality') unknown = -1;
      continue;
    }
    if (role === 'other' || role === 'nothing') {
      unknown = j;
      continue;
    }
    if (role === 'neutral' && !/^(it|they|them|that|what|i)$/.test(units[j]!.words)) continue;
    const joins = role === 'comma' || role === 'and' || role === 'or' || role === 'but' || isInnerNegation(units[j]!, role);
    if (!joins || (unknown >= 0 && role !== 'comma' && role !== 'and')) break;
    let k = j + 1;
    while (
      roles[k] === 'hedge' ||
      (roles[k] !== undefined && isInnerNegation(units[k]!, roles[k]!)) ||
      (role === 'comma' && roles[k] === 'and')
    )
      k++;
    if (roles[k] !== 'quality' && roles[k] !== 'other') break;
    if (roles[k] === 'other' && !leadsToHead({ units, roles }, k)) break;
    if (role === 'comma') afterComma = true;
    if (unknown >= 0) passed ??= unknown;
    unknown = -1;
    j = k - 1;
  }
  return unknown >= 0 ? { head: unknown, isKnown: false, afterComma, passed } : null;
}

/** "straight rather than curly hair", "brown, not black, hair". */
function isInnerNegation({ entry }: Unit, role: Role): boolean {
  return role === 'negation' && (entry.negation === 'instead' || entry.negation === 'not');
}

function leadsToHead({ roles }: Sentence, from: number): boolean {
  for (let j = from; j < roles.length; j++) {
    if (roles[j] === 'head') return true;
    if (roles[j] !== 'other' && roles[j] !== 'quality' && roles[j] !== 'hedge') return false;
  }
  return false;
}

/** What an adjective says of a noun; [] where it says nothing. */
export function combine({ units, roles }: Sentence, quality: number, head: number): readonly Claim[] {
  const { qualities } = units[quality]!.entry;
  const part: Part | undefined = roles[head] === 'pronoun' ? 'person' : units[head]!.entry.part;
  if (!qualities || !part) return [];
  return qualities.get(part) ?? (PERSON_PARTS.includes(part) ? qualities.get('person') : undefined) ?? [];
}

export function isThing({ units, roles }: Sentence, i: number): boolean {
  return roles[i] === 'head' && !units[i]!.entry.isPerson && (units[i]!.entry.claims !== undefined || units[i]!.entry.group !== undefined);
}
