// evaluations.jsonl of a run: what the generator was worth, a line an evaluated epoch.

import { isObject } from '../check-records.ts';
import { evaluationsFile } from '../paths.ts';
import type { EvaluationRecord } from '../records.ts';
import { type Lines, readJsonLines, readLastJsonLines, StepLinesWriter } from './jsonl.ts';

export class EvaluationsWriter extends StepLinesWriter<EvaluationRecord> {}

/**
 * By step. `problems` names the lines that are no evaluation or go back in steps; they are left out. A missing file reads as none. "NaN"
 * is a number again.
 */
export function readEvaluations(folder: string): Pick<Lines<EvaluationRecord>, 'records' | 'problems'> {
  const { records, problems } = readJsonLines(evaluationsFile(folder), EVALUATIONS);
  return { records, problems };
}

/** The last evaluation; null where there is none. Reads only the end of the file. */
export function readLastEvaluation(folder: string): EvaluationRecord | null {
  return readLastJsonLines(evaluationsFile(folder), EVALUATIONS, TAIL_BYTES).at(-1) ?? null;
}

const TAIL_BYTES = 4096;

const EVALUATIONS = {
  what: 'an evaluation',
  mostBytes: 64 * 1024 * 1024, // 100,000 evaluations
  parse(value: unknown, previous: EvaluationRecord | undefined): EvaluationRecord | string | null {
    const record = liftEvaluation(value);
    if (record === null || record.step > (previous?.step ?? 0)) return record;
    return `step ${record.step} comes too late`;
  },
};

/** Lifts a line of format 1, whose values stand beside step and epoch. Values that are no numbers are left out. */
function liftEvaluation(record: unknown): EvaluationRecord | null {
  if (!isObject(record) || typeof record.step !== 'number' || typeof record.epoch !== 'number') return null;
  const { step, epoch, values, ...beside } = record;
  return { step, epoch, values: keepNumbers(isObject(values) ? values : beside) };
}

function keepNumbers(fields: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
