// Room: results/files. Reads one JSON record, or says in a line why it cannot.

import { readFileSync } from 'node:fs';

/**
 * A missing file is null without a problem. `is` decides whether the object has the fields that readers rely on. With
 * `revive`, "NaN" and "Infinity" are numbers again.
 */
export function readJson<T>(
  path: string,
  is: (value: Record<string, unknown>) => boolean,
  what: string,
  { revive = false } = {},
): { value: T | null; problem: string | null } {
  try {
    const text = readFileSync(path, 'utf8');
    const value = revive ? parseNonFinite(text) : (JSON.parse(text) as unknown);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && is(value as Record<string, unknown>)) {
      return { value: value as T, problem: null };
    }
    return { value: null, problem: `${path}: expected ${what}, found other JSON` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { value: null, problem: null };
    return { value: null, problem: `${path}: expected ${what}, got ${(error as Error).message}` };
  }
}

/** JSON in which "NaN" and "Infinity" are numbers. A reviver makes JSON.parse several times slower: only where one is needed. */
export function parseNonFinite(text: string): unknown {
  return /"(NaN|-?Infinity)"/.test(text) ? JSON.parse(text, reviveNonFinite) : JSON.parse(text);
}

/** Undoes what write.ts does to numbers that JSON cannot hold. */
export function reviveNonFinite(_key: string, value: unknown): unknown {
  return value === 'NaN' ? Number.NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value;
}
