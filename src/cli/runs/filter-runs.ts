// (pure) The filters of `facet list`: what a run's configuration, state and tags have to be.

import { canonicalJson } from '../../experiment/canonical.ts';
import { UserError } from '../../experiment/user-error.ts';
import { nearestName, suggest } from '../../experiment/yaml/nearest.ts';
import { joinWithOr, quote } from '../../experiment/yaml/quote.ts';
import type { Run } from '../../results/read.ts';
import type { RunState } from '../../results/records.ts';
import { isFailure, RUN_STATES, wordOf } from '../../results/states.ts';

type Filtered = Pick<Run, 'state' | 'axes' | 'record'>;

const STATES = Object.keys(RUN_STATES) as RunState[];

/** Whether a state is one of these: by the words that people read or the keys of JSON, with commas; `failed` is every failure. */
export function parseStates(texts: readonly string[]): (state: RunState) => boolean {
  const words = texts.flatMap((text) => text.split(',')).map(simplify);
  const wanted = new Set(words.flatMap(statesOf));
  return (state) => texts.length === 0 || wanted.has(state);
}

function statesOf(word: string): RunState[] {
  if (word === 'failed') return STATES.filter(isFailure);
  const found = STATES.filter((state) => word === simplify(state) || word === simplify(wordOf(state)));
  if (found.length > 0) return found;
  const words = STATES.map(wordOf);
  const hint = suggest(word, words) || `; expected ${joinWithOr(words)}`;
  throw new UserError(`--state: expected a state of a run, got ${quote(word)}${hint}`);
}

const simplify = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

interface Condition {
  name: string;
  operator: string;
  wanted: string;
}

/**
 * Whether a run's field is as `field=value` asks; also != and, for numbers, < <= > >=. A field is named in whole or by its end. A value is the
 * label of the axis or what the configuration says. Throws a UserError for a field that none of the runs has.
 */
export function parseConditions(texts: readonly string[], runs: readonly Filtered[]): (run: Filtered) => boolean {
  const conditions = texts.map(parseCondition);
  if (conditions.length === 0) return () => true;
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))];
  const names = [...new Set([...axes, ...runs.flatMap(({ record }) => listFields(record?.config ?? {}))])];
  const named = conditions.map((condition) => ({ ...condition, name: requireName(condition.name, names, axes) }));
  return (run) => named.every((condition) => holds(run, condition));
}

function parseCondition(text: string): Condition {
  const match = /^\s*([^=!<>]+?)\s*(!=|<=|>=|==?|<|>)(.*)$/s.exec(text);
  if (match === null)
    throw new UserError(`--where: expected a condition such as model.width=64 or 'training.epochs>=10', got ${quote(text)}`);
  const [, name, operator, wanted] = match;
  const isOrdered = operator!.startsWith('<') || operator!.startsWith('>');
  if (isOrdered && toNumber(wanted!.trim()) === null) {
    throw new UserError(`--where: expected a number after ${operator}, got ${quote(wanted!.trim())}`);
  }
  return { name: name!, operator: operator === '==' ? '=' : operator!, wanted: wanted!.trim() };
}

/** Lists are values. */
function listFields(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? listFields(inner, `${prefix}${key}.`) : `${prefix}${key}`,
  );
}

/** The end of an axis wins over that of another field. */
function requireName(name: string, names: readonly string[], axes: readonly string[]): string {
  if (names.includes(name)) return name;
  const ends = names.filter((field) => field.endsWith(`.${name}`));
  for (const found of [ends.filter((field) => axes.includes(field)), ends]) if (found.length === 1) return found[0]!;
  const last = (field: string) => field.slice(field.lastIndexOf('.') + 1);
  const near = nearestName(name, names) ?? names.find((field) => last(field) === nearestName(name, names.map(last)));
  const hint = ends.length > 1 ? `; it could be ${joinWithOr(ends)}` : near === undefined ? '' : `; did you mean "${near}"?`;
  throw new UserError(`--where: expected a field of the configuration of these runs, such as model.width, got ${quote(name)}${hint}`);
}

function holds({ axes, record }: Filtered, { name, operator, wanted }: Condition): boolean {
  const value = readValue(record?.config, name);
  if (operator === '=' || operator === '!=') {
    const isSame = axes[name] === wanted || (value !== undefined && textsOf(value).includes(wanted)) || sameNumber(value, wanted);
    return isSame === (operator === '=');
  }
  const number = typeof value === 'number' ? value : value === undefined ? toNumber(axes[name] ?? '') : null;
  if (number === null) return false;
  const limit = toNumber(wanted)!;
  return operator === '<' ? number < limit : operator === '<=' ? number <= limit : operator === '>' ? number > limit : number >= limit;
}

function readValue(config: object | undefined, name: string): unknown {
  return name.split('.').reduce<unknown>((value, key) => (isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined), config);
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The ways to write a value: a list also with commas. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return [value.join(','), value.join(', '), canonicalJson(value) ?? ''];
  return [isMap(value) ? (canonicalJson(value) ?? '') : String(value)];
}

function sameNumber(value: unknown, wanted: string): boolean {
  return typeof value === 'number' && toNumber(wanted) === value;
}

function toNumber(text: string): number | null {
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}
