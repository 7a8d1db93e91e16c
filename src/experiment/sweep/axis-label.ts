// Room: experiment/sweep (pure). What a person reads for a value of an axis that has no name.

import { shorten } from '../yaml/quote.ts';

const MAX_LABEL = 32;

/** Numbers and words as written, lists joined by `+`; cut to about 32 characters. */
export function createAxisLabel(value: unknown, source?: string): string {
  if (value === undefined) return 'default';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : joinParts(value.map((part) => createAxisLabel(part)));
  if (typeof value === 'object') return shorten(JSON.stringify(value), MAX_LABEL);
  return shorten(typeof value === 'number' && source !== undefined ? source : String(value), MAX_LABEL);
}

/** The same labels, repeated ones told apart by a number. */
export function distinguishLabels(labels: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return labels.map((label) => {
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 ? label : `${label} #${count}`;
  });
}

function joinParts(parts: readonly string[]): string {
  const whole = parts.join('+');
  if (whole.length <= MAX_LABEL) return whole;
  let shown = 1;
  while (parts.slice(0, shown + 1).join('+').length <= MAX_LABEL - 5) shown++;
  return parts.length === shown ? shorten(whole, MAX_LABEL) : `${parts.slice(0, shown).join('+')}+${parts.length - shown} more`;
}
