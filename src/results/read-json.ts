// Room: results. Reads one JSON record, or says in a line why it cannot.

import { readFileSync } from 'node:fs';

type Reviver = (key: string, value: unknown) => unknown;

/** A missing file is null without a problem. `is` decides whether the object has the fields that readers rely on. */
export function readJson<T>(
  path: string,
  is: (value: Record<string, unknown>) => boolean,
  what: string,
  revive?: Reviver,
): { value: T | null; problem: string | null } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'), revive);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && is(value as Record<string, unknown>)) {
      return { value: value as T, problem: null };
    }
    return { value: null, problem: `${path}: expected ${what}, found other JSON` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { value: null, problem: null };
    return { value: null, problem: `${path}: expected ${what}, got ${(error as Error).message}` };
  }
}

/** Undoes what write.ts does to numbers that JSON cannot hold. */
export function reviveNonFinite(_key: string, value: unknown): unknown {
  return value === 'NaN' ? Number.NaN : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value;
}
