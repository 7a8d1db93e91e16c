// (pure) What one entry of `samples.conditions` asks for: a sentence, a list of names, or a map of names to values.

import { parseDescription, type Vocabulary } from '../words/parse-description.ts';
import { CELEBA_ATTRIBUTES } from './celeba-attributes.ts';
import type { RunConfig } from './schema/schema.ts';

export type SampleCondition = Exclude<RunConfig['samples']['conditions'], 'auto'>[number];

export interface AskedCondition {
  /** The head of the column. */
  label: string;
  /** The attributes and rotations that it names. */
  chosen: ReadonlyMap<string, 0 | 1>;
  /** What all other attributes are. */
  others: 'off' | 'usual';
}

export function readCondition(condition: SampleCondition, vocabulary: Vocabulary): AskedCondition {
  if (typeof condition === 'string') {
    const { attributes, rotation } = parseDescription(condition, vocabulary);
    const turned: [string, 0 | 1][] = rotation === null ? [] : [[rotation, 1]];
    return { label: condition, chosen: new Map([...Object.entries(attributes), ...turned]), others: 'usual' };
  }
  if (Array.isArray(condition)) {
    const label = condition.length === 0 ? 'none' : condition.map(plainName).join(' + ');
    return { label, chosen: new Map(condition.map((name) => [name, 1])), others: 'off' };
  }
  const chosen = new Map(Object.entries(condition).map(([name, on]) => [name, on ? (1 as const) : (0 as const)]));
  const label = [...chosen].map(([name, bit]) => (bit === 1 ? plainName(name) : `not ${plainName(name)}`)).join(' + ');
  return { label, chosen, others: 'usual' };
}

/**
 * What the sentences of an experiment may say: `names` are all attributes that the data set has labels for, `phrases` more words for some.
 */
export function vocabularyOf(names: Iterable<string>, phrases: Vocabulary['phrases'] = {}): Vocabulary {
  const celeba: ReadonlySet<string> = new Set(CELEBA_ATTRIBUTES);
  return { attributes: [...names].filter((name) => !celeba.has(name)), phrases };
}

/** An attribute's name as a person reads it: "Wavy Hair". */
export const plainName = (name: string): string => name.replaceAll('_', ' ');
