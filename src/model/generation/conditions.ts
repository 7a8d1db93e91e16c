// Which condition each column of the sample grid asks for.

import { plainName, readCondition } from '../../experiment/sample-condition.ts';
import type { RunConfig } from '../../experiment/schema/schema.ts';
import type { Vocabulary } from '../../words/parse-description.ts';

/** Some attributes -> the usual values of the others among the pictures that have them. */
type UsualBits = (chosen: ReadonlyMap<string, 0 | 1>) => ReadonlyMap<string, 0 | 1>;

export interface Column {
  label: string;
  /** Condition name -> bit. */
  bits: Record<string, 0 | 1>;
}

/** The bits of a column in the order of the label bits: an object lists names such as "10" before others. */
export const labelBits = ({ bits }: Column, conditions: readonly string[]): (0 | 1)[] => conditions.map((name) => bits[name] ?? 0);

/** More combinations than this make a grid too wide to read. */
const MOST_COMBINATIONS = 16;

interface Options {
  attributes: readonly string[];
  /** rotate_90, … */
  rotations: readonly string[];
  conditions: RunConfig['samples']['conditions'];
  /** What the sentences among the conditions may say. */
  vocabulary: Vocabulary;
  usual: UsualBits;
}

/**
 * `auto`: every combination of attributes (and orientations) while they fit; else the usual face, then for each
 * attribute the usual face of those who differ from it there, then the usual face in each orientation.
 * Listed conditions, sentences among them, that name an attribute which this run does not have are left out.
 */
export function sampleColumns({ attributes, rotations, conditions, vocabulary, usual }: Options): Column[] {
  const column = (label: string, on: ReadonlyMap<string, 0 | 1>): Column => ({
    label,
    bits: Object.fromEntries([...attributes, ...rotations].map((name) => [name, on.get(name) ?? 0])),
  });
  if (conditions !== 'auto') {
    const labelled = new Set([...attributes, ...rotations]);
    return conditions.flatMap((condition) => {
      const { label, chosen, others } = readCondition(condition, vocabulary);
      const saysNothing = typeof condition === 'string' && chosen.size === 0;
      if (saysNothing || [...chosen.keys()].some((name) => !labelled.has(name))) return [];
      // Labels say what is usual of attributes; an orientation has none.
      const named = new Map([...chosen].filter(([name]) => !rotations.includes(name)));
      return [column(label, others === 'off' ? chosen : new Map([...usual(named), ...chosen]))];
    });
  }
  const orientations = ['', ...rotations];
  if (2 ** attributes.length * orientations.length <= MOST_COMBINATIONS) {
    return combinations(attributes).flatMap((on) =>
      orientations.map((rotation) => column(labelOf(on, rotation), bitsOn(rotation ? [...on, rotation] : on))),
    );
  }
  const usualFace = usual(new Map());
  const differing = attributes.map((name) => {
    const bit = usualFace.get(name) === 1 ? 0 : 1;
    return column(bit === 1 ? plainName(name) : `not ${plainName(name)}`, usual(new Map([[name, bit]])));
  });
  return [
    column('usual', usualFace),
    ...differing,
    ...rotations.map((name) => column(plainName(name), new Map([...usualFace, [name, 1 as const]]))),
  ];
}

/** [a, b] -> [], [a], [b], [a, b], … counting up with the first attribute fastest. */
function combinations(attributes: readonly string[]): string[][] {
  return Array.from({ length: 2 ** attributes.length }, (_, code) => attributes.filter((_name, i) => (code >> i) & 1));
}

const bitsOn = (names: readonly string[]): Map<string, 0 | 1> => new Map(names.map((name) => [name, 1]));

function labelOf(on: readonly string[], rotation: string): string {
  const names = [...on, ...(rotation ? [rotation] : [])].map(plainName);
  return names.length === 0 ? 'none' : names.join(' + ');
}
