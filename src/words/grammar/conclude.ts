// (pure) What was asserted, and what denied -> the attributes that the text decides.

import type { Description } from '../description.ts';
import type { Claim } from '../lexicon/dictionary.ts';

/** One word's say about one attribute, with the words that it came from. */
export interface Say extends Omit<Claim, 'turns'> {
  words: string[];
  /** Where it stands in the text. */
  at: number;
}

type Conclusion = Pick<Description, 'attributes' | 'because' | 'contradictions'>;

/** The last word on an attribute counts; weak ones only where nothing else is said. */
export function conclude(says: readonly Say[]): Conclusion {
  const byName = new Map<string, Say[]>();
  for (const say of [...says].sort((a, b) => a.at - b.at)) byName.set(say.name, [...(byName.get(say.name) ?? []), say]);
  const attributes: Description['attributes'] = {};
  const because: Description['because'] = [];
  const contradictions: Description['contradictions'] = [];
  for (const [name, all] of byName) {
    const strong = all.filter(({ isWeak }) => !isWeak);
    const counted = strong.length > 0 ? strong : all;
    const value = counted.at(-1)!.value;
    attributes[name] = value;
    because.push({ name, value, words: listWords(counted.filter((say) => say.value === value)) });
    if (counted.some((say) => say.value !== value)) contradictions.push({ name, words: listWords(counted), taken: value });
  }
  const bald = findBaldWithHair(because);
  if (bald) contradictions.push(bald);
  return { attributes, because, contradictions };
}

const HAIR = ['Black_Hair', 'Blond_Hair', 'Brown_Hair', 'Gray_Hair', 'Straight_Hair', 'Wavy_Hair', 'Bangs'];

/** "a bald woman with long blond hair": both are taken, and said. */
function findBaldWithHair(because: Description['because']): Description['contradictions'][number] | null {
  const yes = because.filter(({ value }) => value === 1);
  const bald = yes.find(({ name }) => name === 'Bald');
  const hair = yes.filter(({ name }) => HAIR.includes(name));
  if (!bald || hair.length === 0) return null;
  return { name: 'Bald', words: [...new Set([...bald.words, ...hair.flatMap(({ words }) => words)])], taken: 1 };
}

function listWords(says: readonly Say[]): string[] {
  const words = new Map(says.flatMap((say) => say.words).map((one) => [one.toLowerCase(), one]));
  return [...words.values()];
}
