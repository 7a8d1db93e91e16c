// (pure) A node against a zod schema: the value, or every fault at its own place and in our words.

import type { z } from 'zod';
import type { Fault } from '../user-error.ts';
import { nearestName, suggest } from '../yaml/nearest.ts';
import { formatPath, joinWithOr, quote } from '../yaml/quote.ts';
import { describeFound, findNode, toPlain, type YamlNode } from '../yaml/yaml-node.ts';
import { describeExpectation, hintFor, listOptions } from './expectation.ts';
import { schemaAt, shapeOf } from './schema-walk.ts';

type Path = readonly PropertyKey[];

export interface Checked<T> {
  /** Undefined where there are faults. */
  value: T | undefined;
  faults: Fault[];
  /** Paths below the node that are wrong, unknown keys included. */
  wrong: Path[];
}

/** `path` is where the node stands in the file, for the messages. */
export function checkNode<T>(schema: z.ZodType<T>, node: YamlNode, path: Path): Checked<T> {
  const result = schema.safeParse(toPlain(node));
  if (result.success) return { value: result.data, faults: [], wrong: [] };
  const issues = result.error.issues.flatMap((issue) => flattenIssue(issue, []));
  return {
    value: undefined,
    faults: issues.map((issue) => describeIssue({ issue, schema, node, path })),
    wrong: issues.map((issue) => issue.path),
  };
}

interface FlatIssue {
  path: Path;
  /** Set for a key that the map does not have. */
  unknownKey: string | undefined;
}

/**
 * The issues to report for one of zod: for a union, those of its first branch that takes a value of this kind, or else the union as a
 * whole.
 */
function flattenIssue(issue: z.core.$ZodIssue, above: Path): FlatIssue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], unknownKey: key }));
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => errors.length > 0 && !errors.some(missesKind));
    if (branch !== undefined) return branch.flatMap((inner) => flattenIssue(inner, path));
  }
  return [{ path, unknownKey: undefined }];
}

function missesKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');
}

function describeIssue(context: { issue: FlatIssue; schema: z.ZodType; node: YamlNode; path: Path }): Fault {
  const { issue, schema, node, path } = context;
  const fullPath = formatPath([...path, ...issue.path]);
  if (issue.unknownKey !== undefined) {
    const parentPath = issue.path.slice(0, -1);
    const parent = findNode(node, parentPath);
    const place = (parent.node?.kind === 'map' && parent.node.entries.get(issue.unknownKey)?.keyPlace) || parent.place;
    return { ...place, path: fullPath, message: describeUnknownKey(issue.unknownKey, { schema, path, parentPath }) };
  }
  const found = findNode(node, issue.path);
  const target = schemaAt(schema, issue.path);
  const expectation = target === undefined ? 'another value' : describeExpectation(target);
  const hint = hintFor(expectation, found.node) || suggestOption(target, found.node);
  const message = `expected ${expectation}, got ${describeFound(found.node)}${hint}`;
  return { ...found.place, path: fullPath, message };
}

/** The nearest of the words that a field takes. */
function suggestOption(schema: z.core.$ZodType | undefined, node: YamlNode | undefined): string {
  if (schema === undefined || node?.kind !== 'scalar' || typeof node.value !== 'string') return '';
  const options = listOptions(schema);
  return options.length === 0 ? '' : suggest(node.value, options);
}

function describeUnknownKey(key: string, at: { schema: z.ZodType; path: Path; parentPath: Path }): string {
  const parent = schemaAt(at.schema, at.parentPath);
  const keys = Object.keys((parent && shapeOf(parent)) ?? {});
  const owner = formatPath([...at.path, ...at.parentPath]);
  const expected = owner === '' ? 'a known setting' : `a setting of ${owner}`;
  return `expected ${expected}, got ${quote(key)}${suggestKey(key, keys, at.schema)}`;
}

function suggestKey(key: string, keys: readonly string[], root: z.ZodType): string {
  const nearest = nearestName(key, keys);
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  const [section, field] = key.split('.');
  const sections = Object.entries(shapeOf(root) ?? {}).map(([name, schema]) => ({ name, fields: Object.keys(shapeOf(schema) ?? {}) }));
  if (field !== undefined && sections.some(({ name, fields }) => name === section && fields.includes(field)))
    return `; write "${field}" under "${section}"`;
  const owners = sections.filter(({ fields }) => fields.includes(key)).map(({ name }) => `"${name}"`);
  if (owners.length > 0) return `; it belongs under ${joinWithOr(owners)}`;
  return keys.length > 0 && keys.length <= 12 ? `; there are ${keys.join(', ')}` : '';
}
