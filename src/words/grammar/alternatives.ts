// (pure) "black or brown hair": what is left undecided.

import type { Assertion, Attachments } from './attach.ts';
import type { Sentence } from './sentence.ts';

export interface Alternatives {
  /** From the first alternative to the last, as units. */
  from: number;
  to: number;
  assertions: Assertion[];
}

/**
 * What stands on the two sides of each "or" that nothing denies, where it says different things. "No hat or glasses" denies both and
 * is no choice; "smiling or laughing" says one thing twice.
 */
export function findAlternatives(sentence: Sentence, { assertions, adjectives }: Attachments, covers: readonly number[][]): Alternatives[] {
  const { roles } = sentence;
  const isDenied = (i: number) => covers[i]!.length % 2 === 1;
  const found: Alternatives[] = [];
  for (let i = 0; i < roles.length; i++) {
    if (roles[i] !== 'or' || isDenied(i)) continue;
    const left = findLeft(sentence, i);
    const right = findRight(sentence, i, left);
    if (left.length === 0 || right === null) continue;
    const units = [...left, right];
    const said = assertions.filter(
      ({ by, of }) => units.includes(by) || units.some((unit) => unit === of && adjectives.get(unit)?.includes(by)),
    );
    const isOne = said.every(({ claim }) => claim.name === said[0]!.claim.name && claim.value === said[0]!.claim.value);
    if (said.length === 0 || (isOne && units.every((unit) => said.some(({ by, of }) => by === unit || of === unit)))) continue;
    found.push({
      from: Math.min(...units, ...said.map(({ by }) => by)),
      to: Math.max(...units, ...said.map(({ by, of }) => of ?? by)),
      assertions: said,
    });
  }
  return found;
}

const isContent = (role: string | undefined) => role === 'quality' || role === 'head' || role === 'other';

/** The last content word before "or", and those before it in a list with commas. */
function findLeft({ roles }: Sentence, or: number): number[] {
  const found: number[] = [];
  let j = or - 1;
  if (roles[j] === 'comma') j--;
  while (j >= 0) {
    while (roles[j] === 'hedge') j--;
    if (!isContent(roles[j]) || (found.length > 0 && roles[j] !== roles[found[0]!])) break;
    found.push(j);
    let k = j - 1;
    while (roles[k] === 'article' || roles[k] === 'hedge') k--;
    if (roles[k] !== 'comma') break;
    j = k - 1;
  }
  return found;
}

/** The first content word behind "or"; of a noun phrase the noun, where the left side is a noun, too. */
function findRight({ roles }: Sentence, or: number, left: readonly number[]): number | null {
  const wantsHead = roles[left[0]!] === 'head';
  for (let j = or + 1; j < roles.length; j++) {
    const role = roles[j]!;
    if (role === 'head' || (isContent(role) && !wantsHead)) return j;
    if (!isContent(role) && !['article', 'hedge', 'have', 'copula', 'neutral', 'possessive', 'with'].includes(role)) return null;
  }
  return null;
}
