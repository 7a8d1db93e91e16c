// (pure) What the oracle reads in generated faces beside what was asked for.

import type { AskedReading, FaceReading, GeneratedFace, GenerateOrder, ReadBack } from '../../results/generation.ts';

/** What was asked of a face, and what the oracle makes of it. */
export interface JudgedFace {
  /** 0 or 1; a value between them, on the way from one description to another, asks for nothing. */
  asked: Readonly<Record<string, number>>;
  /** Every label bit of the run that the face was made with. */
  bits: Readonly<Record<string, number>>;
  /** By label of the oracle: seen where > 0. */
  logits: Readonly<Record<string, number>>;
}

/**
 * What an order asks of one of its pictures: of the first of a face what the description fixes, of the last on the way to another
 * description what that fixes, between them what both fix alike; of a varied picture its attribute besides; of all what is changed.
 */
export function askedOf(
  { fixed, change = {}, to, vary }: Pick<GenerateOrder, 'fixed' | 'change' | 'to' | 'vary'>,
  { column = 0, bits }: GeneratedFace,
): Record<string, number> {
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, bits[name]!]));
  const changed = Object.keys(change);
  const names = Object.keys({ ...fixed, ...change });
  if (column === 0) return pick(names);
  if (to === undefined) return pick([...names, vary![column - 1]!]);
  if (column === to.steps - 1) return pick([...Object.keys(to.fixed), ...changed]);
  return pick(names.filter((name) => name in change || to.fixed[name] === fixed[name]));
}

/** Why the oracle reads a label badly, or not at all; null where it reads it well. */
export type ExplainWeakness = (name: string) => string | null;

/** A logit that is no number is read as 0. */
export function readFace({ asked, bits, logits }: JudgedFace, explainWeakness: ExplainWeakness): FaceReading {
  const known = Object.keys(bits).filter((name) => name in logits);
  const read = Object.fromEntries(known.map((name) => [name, seenIn(logits, name)]));
  const misread = listBits(asked).flatMap(([name, value]) => (explainWeakness(name) === null && read[name] !== value ? [name] : []));
  return { read, misread };
}

/** Attributes in the order in which they are first asked for. */
export function sumUpReadings(
  faces: readonly (FaceReading & Pick<JudgedFace, 'asked'>)[],
  { oracle, explainWeakness }: { oracle: string; explainWeakness: ExplainWeakness },
): ReadBack {
  const attributes = new Map<string, AskedReading>();
  for (const { asked, read } of faces) {
    for (const [name, value] of listBits(asked)) {
      const key = `${name} ${value}`;
      const unreliable = explainWeakness(name);
      const sum = attributes.get(key) ?? { name, asked: value, pictures: 0, right: 0, ...(unreliable !== null && { unreliable }) };
      attributes.set(key, { ...sum, pictures: sum.pictures + 1, right: sum.right + (read[name] === value ? 1 : 0) });
    }
  }
  const counted = [...attributes.values()].filter(({ unreliable }) => unreliable === undefined);
  return {
    oracle,
    attributes: [...attributes.values()],
    bits: counted.reduce((sum, each) => sum + each.pictures, 0),
    right: counted.reduce((sum, each) => sum + each.right, 0),
    pictures: faces.length,
    allRight: faces.filter(({ misread }) => misread.length === 0).length,
  };
}

/**
 * Of several candidates for one face, the index of the best to the oracle: most of what was asked for is right, then most of all label
 * bits, then the largest margin, which is the least logit in favour of a bit. Counts what the oracle reads well. The first one of equals.
 */
export function chooseCandidate(candidates: readonly JudgedFace[], explainWeakness: ExplainWeakness): number {
  const ranks = candidates.map(({ asked, bits, logits }) => {
    const countRight = (wanted: readonly [string, 0 | 1][]) => wanted.filter(([name, value]) => seenIn(logits, name) === value).length;
    const [ofAsked, all] = [asked, bits].map((each) => listBits(each).filter(([name]) => explainWeakness(name) === null));
    const margins = all!.map(([name, value]) => (value === 1 ? logits[name]! : -logits[name]!));
    return [countRight(ofAsked!), countRight(all!), Math.min(...margins)];
  });
  let best = 0;
  for (let i = 1; i < ranks.length; i++) if (isAhead(ranks[i]!, ranks[best]!)) best = i;
  return best;
}

const seenIn = (logits: Readonly<Record<string, number>>, name: string): 0 | 1 => (logits[name]! > 0 ? 1 : 0);

function listBits(asked: Readonly<Record<string, number>>): [string, 0 | 1][] {
  return Object.entries(asked).filter((entry): entry is [string, 0 | 1] => entry[1] === 0 || entry[1] === 1);
}

/** By the first number in which the two differ. */
function isAhead(rank: readonly number[], other: readonly number[]): boolean {
  const at = rank.findIndex((value, i) => value !== other[i]);
  return at >= 0 && rank[at]! > other[at]!;
}
