// (pure) What the form for faces says in words, and how its settings are written into the address.

import type { Bits } from '../../faces.ts';

const [FEW, MOST_NAMED] = [3, 6];

/** Under a picture: of what was not asked for, what it has; of a few also what it has not. */
export function describeOpen(bits: Bits, asked: Bits): string {
  const open = Object.keys(bits).filter((name) => !(name in asked));
  if (open.length <= FEW) return listBits(Object.fromEntries(open.map((name) => [name, bits[name]!])));
  const on = open.filter((name) => bits[name] === 1);
  if (on.length === 0) return `none of the other ${open.length}`;
  const rest = on.length - MOST_NAMED;
  return `${on.slice(0, MOST_NAMED).map(plain).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Above the pictures: what all of them have. */
export function describeAsked(asked: Bits): string {
  return listBits(asked) || 'Nothing is fixed';
}

function listBits(bits: Bits): string {
  const names = Object.keys(bits);
  const off = names.filter((name) => bits[name] === 0).map((name) => `not ${plain(name)}`);
  return [...names.filter((name) => bits[name] === 1).map(plain), ...off].join(', ');
}

const plain = (name: string): string => name.replaceAll('_', ' ');

/** Male:1,Young:0 */
export function writeBits(bits: Bits): string {
  return Object.entries(bits)
    .map(([name, bit]) => `${name}:${bit}`)
    .join(',');
}

/** Of what somebody may have typed, what writeBits writes of these names. */
export function readBits(text: string | null, names: readonly string[]): Bits {
  const parts = (text ?? '').split(',').map((part) => /^(.+):([01])$/.exec(part));
  return Object.fromEntries(parts.flatMap((part) => (part && names.includes(part[1]!) ? [[part[1]!, Number(part[2]) as 0 | 1]] : [])));
}

/** Those of `bits` that `others` has otherwise, or has not. */
export function differing(bits: Bits, others: Bits): Bits {
  return Object.fromEntries(Object.entries(bits).filter(([name, bit]) => others[name] !== bit));
}
