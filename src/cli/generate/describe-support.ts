// (pure) Whether faces that are asked for occur in the data, as a line for a person.

import { formatCount } from '../../experiment/units.ts';
import type { FaceSupport } from '../../results/generation.ts';

/** null where pictures have all that is fixed. */
export function warnOfSupport(support: FaceSupport | null | undefined, fixed: Readonly<Record<string, 0 | 1>>): string | null {
  if (!support || support.matching > 0) return null;
  const attributes = Object.entries(fixed).filter(([name]) => !name.startsWith('rotate_'));
  const withBit = (bit: 0 | 1) => attributes.filter(([, each]) => each === bit).map(([name]) => name);
  const names = [...withBit(1), ...withBit(0).map((name) => `not ${name}`)]; // "not Male and Bald" would say something else
  const all = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `None of the ${formatCount(support.pictures)} pictures is ${all}; drawn all the same.`;
}
