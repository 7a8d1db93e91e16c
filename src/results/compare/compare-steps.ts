// (pure) Two series of records by step, and where they part for the first time.

/** They differ from machine to machine and from moment to moment; the result does not depend on them. */
const TIMINGS = new Set(['seconds', 'imagesPerSecond']);

export interface StepDifference {
  step: number;
  /** Of the record. */
  field: string;
  original: number;
  again: number;
  absolute: number;
  /** Of the larger of the two, by size. */
  relative: number;
}

export interface StepComparison {
  /** Steps that both have, up to where the shorter one ends. */
  compared: number;
  first: StepDifference | null;
  /** The first step before that end which only one of them has. */
  missing: { step: number; in: 'original' | 'again' } | null;
  /** The last step of each; 0 for none. */
  last: { original: number; again: number };
}

type StepRecord = { step: number };

/** Records come by step. Numbers are equal when their bits are, NaN to NaN; fields that only one record has, and timings, are left out. */
export function compareSteps(original: readonly StepRecord[], again: readonly StepRecord[]): StepComparison {
  const last = { original: original.at(-1)?.step ?? 0, again: again.at(-1)?.step ?? 0 };
  const end = Math.min(last.original, last.again);
  const result: StepComparison = { compared: 0, first: null, missing: null, last };
  const others = new Map(again.map((record) => [record.step, record]));
  for (const record of original) {
    if (record.step > end) break;
    const other = others.get(record.step);
    others.delete(record.step);
    if (!other) result.missing ??= { step: record.step, in: 'again' };
    if (!other) continue;
    result.compared++;
    result.first ??= firstDifference(record, other);
  }
  for (const step of others.keys()) {
    if (step <= end && step < (result.missing?.step ?? Number.POSITIVE_INFINITY)) result.missing = { step, in: 'original' };
  }
  return result;
}

function firstDifference(original: StepRecord, again: StepRecord): StepDifference | null {
  const others = again as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(original)) {
    const other = others[field];
    if (TIMINGS.has(field) || typeof value !== 'number' || typeof other !== 'number' || Object.is(value, other)) continue;
    return { step: original.step, field, original: value, again: other, ...measureDifference(value, other) };
  }
  return null;
}

function measureDifference(a: number, b: number): { absolute: number; relative: number } {
  const absolute = Math.abs(a - b);
  return { absolute, relative: absolute === 0 ? 0 : absolute / Math.max(Math.abs(a), Math.abs(b)) };
}
