// (pure) What a user can mend: a fault in an experiment file, and the error for everything else.

import { plural } from './units.ts';

/**
 * cli.ts prints the message, which says where, what was expected and what was found, without a stack, and exits 2. Every other error is a
 * bug of Facet.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Where something stands in a text. */
export interface Place {
  /** The file as the user knows it, or `--set path=value`. */
  file: string;
  /** From 1; 0 where there is no text with lines, as in `--set`. */
  line: number;
  column: number;
}

/** One fault that the author of the file can mend. */
export interface Fault extends Place {
  /** The field, e.g. `training.learningRate` or `sweep.grid.attributes.ten[2]`; empty for the file as a whole. */
  path: string;
  /** `expected …, got …`, and how to mend it where that is known. */
  message: string;
}

/** One line: `experiments/x.yaml:12:5  training.learningRate: expected a number above 0, got "fast"`. */
export function formatFault(fault: Fault): string {
  const place = fault.line === 0 ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return fault.path === '' ? `${place}  ${fault.message}` : `${place}  ${fault.path}: ${fault.message}`;
}

/** A line for each of the first `limit` faults, and the number of the others as the last line. */
export function formatFaults(faults: readonly Fault[], limit = 50): string[] {
  const lines = faults.slice(0, limit).map(formatFault);
  const rest = faults.length - lines.length;
  return rest === 0 ? lines : [...lines, `… and ${plural(rest, 'more fault')}`];
}

/** In the order in which a person reads them: file by file, from top to bottom, each fault once. */
export function sortFaults(faults: readonly Fault[], files: readonly string[]): Fault[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const rankOf = (fault: Fault) => rank.get(fault.file) ?? files.length;
  const unique = new Map(faults.map((fault) => [JSON.stringify([fault.file, fault.line, fault.column, fault.path, fault.message]), fault]));
  return [...unique.values()].sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column);
}
