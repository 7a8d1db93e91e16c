// Room: experiment (pure). Which field a misspelt axis was meant to set.

import { SWEEPABLE_FIELDS } from './fields.ts';
import { nearestName } from './nearest.ts';
import { joinWithOr } from './quote.ts';
import { experimentSchema } from './schema.ts';
import { shapeOf } from './schema-walk.ts';

/** The end of the message: a nearest name, the full names of a short one, or why it cannot be swept. */
export function suggestField(field: string): string {
  const fields = [...SWEEPABLE_FIELDS.keys()];
  const section = field.split('.')[0]!;
  if (section === 'checkpoint' || section === 'execution') return `; nothing under ${section} changes a result`;
  const inside = fields.filter((name) => name.startsWith(`${field}.`));
  if (inside.length > 0) return `; name one field of it, such as "${inside[0]}"`;
  const sameEnd = fields.filter((name) => name.endsWith(`.${field}`));
  if (sameEnd.length > 0) return `; did you mean ${joinWithOr(sameEnd.map((name) => `"${name}"`))}?`;
  const nearest = nearestName(field, fields) ?? fields.find((name) => name === endOf(field, fields));
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  return Object.hasOwn(shapeOf(experimentSchema)!, field) ? `; "${field}" is the same for the whole experiment` : '';
}

/** A misspelt last segment without its section: `learnRate`. */
function endOf(field: string, fields: readonly string[]): string | undefined {
  const ends = new Map(fields.map((name) => [name.slice(name.lastIndexOf('.') + 1), name]));
  const nearest = nearestName(field, ends.keys());
  return nearest === undefined ? undefined : ends.get(nearest);
}
