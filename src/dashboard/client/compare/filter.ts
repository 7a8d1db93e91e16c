// (pure) What a person types to find runs: words, and conditions such as seed=1,2 state=failed Frechet<50 learningRate=0.0001..0.001.
// All terms must hold; one that begins with - must not.

import { nearestName } from '../../../experiment/yaml/nearest.ts';
import { RUN_STATES } from '../../../results/states.ts';
import type { RunData, Scalar } from '../../data/api.ts';
import type { Field } from './fields.ts';

export interface Filter {
  matches: (run: RunData) => boolean;
  /** What cannot be understood, in a line; the runs are then those that the other terms leave. */
  problem: string | null;
}

type Test = (run: RunData) => boolean;

export function parseFilter(text: string, fields: readonly Field[]): Filter {
  const problems: string[] = [];
  const tests = splitTerms(text).flatMap((term): Test[] => {
    const isNot = term.length > 1 && term.startsWith('-');
    const test = parseTerm(isNot ? term.slice(1) : term, fields);
    if (typeof test === 'string') problems.push(test);
    return typeof test === 'string' ? [] : [isNot ? (run) => !test(run) : test];
  });
  return { matches: (run) => tests.every((test) => test(run)), problem: problems[0] ?? null };
}

/** Parts between spaces; quotes keep spaces. */
function splitTerms(text: string): string[] {
  return (text.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []).filter((term) => term !== '-');
}

/** `text` with the condition on this field replaced, or taken away where `condition` is null. */
export function replaceCondition(text: string, name: string, condition: string | null): string {
  const kept = splitTerms(text).filter((term) => !term.startsWith(`${name}=`));
  return [...kept, ...(condition === null ? [] : [`${name}=${condition}`])].join(' ');
}

/** The condition on this field, as `replaceCondition` writes it, without quotes; null where there is none. */
export function conditionOn(text: string, name: string): string | null {
  const term = splitTerms(text).find((each) => each.startsWith(`${name}=`));
  return term === undefined ? null : unquote(term.slice(name.length + 1));
}

function parseTerm(term: string, fields: readonly Field[]): Test | string {
  const match = /^([^=!<>"]+)(!=|<=|>=|==?|<|>|:)(.*)$/s.exec(term);
  if (match === null) return wordTest(unquote(term));
  const [, name, operator, wanted] = match as unknown as [string, string, string, string];
  const found = findField(name, fields);
  if (typeof found === 'string') return operator === ':' ? wordTest(unquote(term)) : found;
  const value = unquote(wanted);
  if (value === '') return () => true; // still being typed
  if (operator.startsWith('<') || operator.startsWith('>')) {
    const limit = Number(value);
    if (Number.isNaN(limit)) return `${name}${operator}: expected a number, got “${value}”`;
    return (run) => isOrdered(found.read(run), operator, limit);
  }
  const isEqual = equalTest(found, value);
  return operator === '!=' ? (run) => !isEqual(run) : isEqual;
}

/** Named in whole, by its end, or as tables head it; capitals do not count. */
function findField(name: string, fields: readonly Field[]): Field | string {
  const wanted = name.toLowerCase();
  const found =
    fields.find((field) => field.name.toLowerCase() === wanted) ??
    fields.find((field) => field.label.toLowerCase() === wanted || field.label.toLowerCase().replaceAll(' ', '') === wanted) ??
    fields.find((field) => field.name.toLowerCase().endsWith(`.${wanted}`));
  if (found) return found;
  const near = nearestName(name, [...fields.map((field) => field.name), ...fields.map(({ label }) => label)]);
  const hint = near === undefined ? `; there are ${fields.map(({ label }) => label).join(', ')}` : `; did you mean ${near}?`;
  return `“${name}” is no parameter, metric or fact of these runs${hint}`;
}

function equalTest(field: Field, wanted: string): Test {
  const range = parseRange(wanted);
  if (range) return (run) => isBetween(field.read(run), range);
  const options = wanted.split(',').map((option) => option.trim().toLowerCase());
  if (field.name === 'state') return (run) => options.some((option) => isState(run, option));
  if (field.name === 'tag') return (run) => run.written.tags.some((tag) => options.includes(tag.toLowerCase()));
  if (field.name === 'note') return (run) => run.written.text.toLowerCase().includes(wanted.toLowerCase());
  return (run) => {
    const value = field.read(run);
    const text = String(value ?? '').toLowerCase();
    return text === wanted.toLowerCase() || options.some((option) => text === option || isSameNumber(value, option));
  };
}

/** By the word that people read, the key of JSON, or `failed` for every failure. */
function isState({ state, stateWords }: RunData, option: string): boolean {
  const isWord = [state, stateWords].some((word) => word.toLowerCase().replaceAll(/[\s-]/g, '') === option.replaceAll(/[\s-]/g, ''));
  return isWord || (option === 'failed' && RUN_STATES[state].isFailure);
}

function isSameNumber(value: Scalar, option: string): boolean {
  return typeof value === 'number' && option !== '' && Number(option) === value;
}

/** `0.1..0.5`, `..3`, `5..` */
export function parseRange(text: string): [number, number] | null {
  const match = /^(.*?)\.\.(.*)$/.exec(text);
  if (match === null || text === '..') return null;
  const low = match[1] === '' ? Number.NEGATIVE_INFINITY : Number(match[1]);
  const high = match[2] === '' ? Number.POSITIVE_INFINITY : Number(match[2]);
  return Number.isNaN(low) || Number.isNaN(high) ? null : [low, high];
}

function isBetween(value: Scalar, [low, high]: [number, number]): boolean {
  const number = toNumber(value);
  return number !== null && number >= low && number <= high;
}

function isOrdered(value: Scalar, operator: string, limit: number): boolean {
  const number = toNumber(value);
  if (number === null) return false;
  if (operator === '<') return number < limit;
  if (operator === '<=') return number <= limit;
  return operator === '>' ? number > limit : number >= limit;
}

/** Also of a label that is written as a number; null where there is none. */
export function toNumber(value: Scalar): number | null {
  if (value === null || value === '' || typeof value === 'boolean') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function wordTest(word: string): Test {
  const wanted = word.toLowerCase();
  return (run) => {
    const { label, id, stateWords, message, note, written } = run;
    const texts = [label, id, stateWords, message, note, written.text, ...written.tags.map((tag) => `#${tag}`), ...(run.attributes ?? [])];
    return texts.some((text) => text?.toLowerCase().includes(wanted));
  };
}

function unquote(text: string): string {
  return text.replaceAll('"', '');
}
