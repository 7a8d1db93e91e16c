// (pure) Whether faces that are asked for occur in the data, as a line for a person.

import { formatCount } from '../../experiment/units.ts';
import type { FaceSupport } from '../../results/generation.ts';

/** null where pictures have all that is fixed. */
export function warnOfSupport(support: FaceSupport | null | undefined, fixed: Readonly<Record<string, 0 | 1>>): string | null {
  if (!support || support.matching > 0) return null;
  const names = Object.entries(fixed)
    .filter(([name]) => !name.startsWith('rotate_'))
    .map(([name, bit]) => (bit === 1 ? name : `not ${name}`));
  const all = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `None of the ${formatCount(support.pictures)} pictures is ${all}; drawn all the same.`;
}
