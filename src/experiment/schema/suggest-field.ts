// (pure) Which field a misspelt axis was meant to set.

import { nearestName } from '../yaml/nearest.ts';
import { joinWithOr } from '../yaml/quote.ts';
import { SWEEPABLE_FIELDS } from './fields.ts';
import { experimentSchema } from './schema.ts';
import { shapeOf } from './schema-walk.ts';

const FIELDS = [...SWEEPABLE_FIELDS.keys()];
const FIELD_BY_END = new Map(FIELDS.map((name) => [name.slice(name.lastIndexOf('.') + 1), name]));

/** The end of the message: a nearest name, the full names of a short one, or why it cannot be swept. */
export function suggestField(field: string): string {
  const section = field.split('.')[0]!;
  if (section === 'checkpoint' || section === 'execution') return `; nothing under ${section} changes a result`;
  if (section === 'evaluation') return '; nothing under evaluation changes what is trained';
  const inside = FIELDS.filter((name) => name.startsWith(`${field}.`));
  if (inside.length > 0) return `; name one field of it, such as "${inside[0]}"`;
  const sameEnd = FIELDS.filter((name) => name.endsWith(`.${field}`));
  if (sameEnd.length > 0) return `; did you mean ${joinWithOr(sameEnd.map((name) => `"${name}"`))}?`;
  const nearest = nearestName(field, FIELDS) ?? FIELD_BY_END.get(nearestName(field, FIELD_BY_END.keys()) ?? '');
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  return Object.hasOwn(shapeOf(experimentSchema)!, field) ? `; "${field}" is the same for the whole experiment` : '';
}
