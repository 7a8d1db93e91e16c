// (pure) The conditions of sample grids against what the runs of a sweep learn.

import { parseDescription, type Vocabulary } from '../../words/parse-description.ts';
import type { SampleCondition } from '../sample-condition.ts';
import type { Conflict } from '../schema/rules.ts';
import { nearestName } from '../yaml/nearest.ts';
import { quote } from '../yaml/quote.ts';

export interface ConditionUse {
  conditions: readonly SampleCondition[];
  /** What any run with these conditions can be asked for. */
  names: ReadonlySet<string>;
  /** The rotations among them. */
  orientations: ReadonlySet<string>;
  vocabulary: Vocabulary;
}

/** A column is drawn by the runs that can; one that none can draw is a mistake. */
export function checkConditions(use: ConditionUse): Conflict[] {
  return use.conditions.flatMap((condition, index) => {
    const path = ['samples', 'conditions', index];
    return typeof condition === 'string' ? checkSentence(condition, { ...use, path }) : checkNames(condition, { ...use, path });
  });
}

type Asked = ConditionUse & { path: (string | number)[] };

function checkNames(condition: Exclude<SampleCondition, string>, { names, orientations, path }: Asked): Conflict[] {
  const asked = Array.isArray(condition) ? [...condition.entries()] : Object.keys(condition).map((name) => [name, name] as const);
  const turned = asked.filter(([, name]) => orientations.has(name) && (Array.isArray(condition) || condition[name]));
  return asked.flatMap(([place, name]): Conflict[] => {
    if (turned.length > 1 && turned[1]![1] === name) {
      const message = `expected at most one rotation in a condition, got ${turned.map(([, angle]) => quote(angle)).join(' and ')}`;
      return [{ path: [...path, place], message, reads: [] }];
    }
    if (names.has(name)) return [];
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
    const message = `expected an attribute or a rotation that some run learns, got ${quote(name)}${hint}`;
    return [{ path: [...path, place], message, reads: LEARNT }];
  });
}

const LEARNT = ['attributes', 'augmentation.rotations'];

/** A file says what it means: nothing in its sentences is guessed. */
function checkSentence(sentence: string, { names, vocabulary, path }: Asked): Conflict[] {
  const understood = parseDescription(sentence, vocabulary);
  const { attributes, rotation, ambiguous, contradictions, corrections } = understood;
  const wrong = (message: string, reads: string[] = []): Conflict => ({ path, message, reads });
  const unclear = [
    ...corrections.map(({ found, read }) => wrong(`expected words that Facet knows, got ${quote(found)}; did you mean "${read}"?`)),
    ...ambiguous.map(({ words, names: either }) =>
      wrong(`expected a sentence that can be read in one way, got ${quote(words)}, which may be ${either.join(' or ')}`),
    ),
    ...contradictions.map(({ name }) => wrong(`expected a sentence that does not contradict itself, got ${name} said both ways`)),
  ];
  if (unclear.length > 0) return unclear;
  const asked = [...Object.keys(attributes), ...(rotation === null ? [] : [rotation])];
  if (asked.length === 0)
    return [wrong(`expected a sentence that describes a face, got ${quote(sentence)}, of which nothing is understood`)];
  return asked
    .filter((name) => !names.has(name))
    .map((name) => {
      const words = understood.because.find((reason) => reason.name === name)?.words.join(' ') ?? sentence;
      return wrong(`expected attributes or a rotation that some run learns, got ${quote(words)}, which is ${name}`, LEARNT);
    });
}
