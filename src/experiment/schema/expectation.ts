// (pure) What a schema asks for, in words: `a whole number from 2 to 8192`.

import * as z from 'zod';
import { plural } from '../units.ts';
import { joinWithOr } from '../yaml/quote.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

const phrases = new WeakMap<z.core.$ZodType, string>();
const options = new WeakMap<z.core.$ZodType, readonly string[]>();

/** The first half of `expected …, got …`. A schema whose meaning its bounds do not tell carries it as meta `expected`. */
export function describeExpectation(schema: z.core.$ZodType): string {
  const cached = phrases.get(schema);
  if (cached !== undefined) return cached;
  const phrase = describeJson(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  phrases.set(schema, phrase);
  return phrase;
}

/** How to mend a value of the wrong kind, where YAML itself is the likely cause. */
export function hintFor(expectation: string, node: YamlNode | undefined): string {
  if (node?.kind !== 'scalar') return '';
  if (typeof node.value !== 'string') return expectation.startsWith('text') && node.value !== null ? '; put it in quotes' : '';
  if (expectation.startsWith('true or false')) {
    if (/^(yes|on|y)$/i.test(node.value)) return '; write true';
    if (/^(no|off|n)$/i.test(node.value)) return '; write false';
  }
  if (!/number|^\d/.test(expectation) || node.value.trim() === '') return '';
  if (Number.isFinite(Number(node.value))) return '; write it without quotes';
  return /^[\d_]+$/.test(node.value) ? '; write it without underscores' : '';
}

/** The words that a field takes, where it takes nothing else. */
export function listOptions(schema: z.core.$ZodType): readonly string[] {
  const cached = options.get(schema);
  if (cached !== undefined) return cached;
  const listed = (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).enum ?? []).map(String);
  options.set(schema, listed);
  return listed;
}

type Json = z.core.JSONSchema.BaseSchema;

function describeJson(json: Json): string {
  if (typeof json.expected === 'string') return json.expected;
  const options = json.anyOf ?? json.oneOf;
  if (options !== undefined) return joinWithOr([...new Set(options.map((option) => describeJson(option as Json)))]);
  if (json.enum !== undefined) return joinWithOr(json.enum.map(String));
  if (json.const !== undefined) return String(json.const);
  if (json.type === 'integer') return describeBounds('a whole number', json, 1);
  if (json.type === 'number') return describeBounds('a number', json, 0);
  if (json.type === 'boolean') return 'true or false';
  if (json.type === 'string') return describeText(json);
  if (json.type === 'array') return describeList(json);
  return 'a map';
}

/** `step` is 1 for whole numbers, where `above 0` reads better as `from 1`. */
function describeBounds(noun: string, json: Json, step: 0 | 1): string {
  let { minimum, maximum } = json;
  let above = json.exclusiveMinimum as number | undefined;
  const below = json.exclusiveMaximum;
  if (minimum === Number.MIN_SAFE_INTEGER) minimum = undefined;
  if (maximum === Number.MAX_SAFE_INTEGER) maximum = undefined;
  if (step === 1 && above !== undefined) [minimum, above] = [above + 1, undefined];
  const bounds: string[] = [];
  if (minimum !== undefined && maximum !== undefined) bounds.push(`from ${minimum} to ${maximum}`);
  else {
    if (above !== undefined) bounds.push(`above ${above}`);
    if (minimum !== undefined) bounds.push(`of at least ${minimum}`);
    if (below !== undefined) bounds.push(`below ${below}`);
    if (maximum !== undefined) bounds.push(`at most ${maximum}`);
  }
  const multiple = typeof json.multipleOf === 'number' && json.multipleOf !== 1 ? `, a multiple of ${json.multipleOf}` : '';
  return `${[noun, bounds.join(' and ')].filter(Boolean).join(' ')}${multiple}`;
}

function describeText(json: Json): string {
  return json.maxLength === undefined ? 'text' : `text of at most ${json.maxLength} characters`;
}

function describeList(json: Json): string {
  const items = json.items !== undefined && typeof json.items === 'object' ? describeJson(json.items as Json) : '';
  const of = items === '' || items === 'a map' ? '' : ` of ${items}`;
  if (json.minItems !== undefined && json.maxItems !== undefined) return `a list of ${json.minItems} to ${json.maxItems} values`;
  if (json.minItems !== undefined) return `a list of at least ${plural(json.minItems, 'value')}`;
  return json.maxItems === undefined ? `a list${of}` : `a list of at most ${json.maxItems} values`;
}
