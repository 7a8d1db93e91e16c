// Room: results. Reads evaluations.jsonl tolerantly: a line an evaluated epoch, so the file is small and read whole.

import { isObject } from './check-records.ts';
import { readBytes } from './files/read-bytes.ts';
import { reviveNonFinite } from './files/read-json.ts';
import { evaluationsFile } from './paths.ts';
import type { EvaluationRecord } from './records.ts';

export interface Evaluations {
  /** By step. */
  records: EvaluationRecord[];
  /** Lines that are no evaluation, by file and line number; they are left out. An unterminated last line is no problem yet. */
  problems: string[];
}

/** What the generator of a run was worth, epoch by epoch. A missing file reads as none. "NaN" is a number again. */
export function readEvaluations(folder: string): Evaluations {
  const path = evaluationsFile(folder);
  const text = readBytes(path, () => 0).toString('utf8');
  const records: EvaluationRecord[] = [];
  const problems: string[] = [];
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  lines.slice(0, -1).forEach((line, i) => {
    const record = parseEvaluation(line);
    if (!record) problems.push(`${path}:${i + 1}  expected an evaluation, got ${JSON.stringify(line.slice(0, 60))}`);
    else if (record.step <= (records.at(-1)?.step ?? 0)) problems.push(`${path}:${i + 1}  step ${record.step} comes too late`);
    else records.push(record);
  });
  return { records, problems };
}

/** The last whole evaluation; null where there is none. Reads only the end of the file. */
export function readLastEvaluation(folder: string): EvaluationRecord | null {
  const bytes = readBytes(evaluationsFile(folder), (size) => Math.max(0, size - TAIL_BYTES));
  const lines = bytes
    .toString('utf8', 0, bytes.lastIndexOf('\n') + 1)
    .trimEnd()
    .split('\n');
  return parseEvaluation(lines.at(-1)!);
}

const TAIL_BYTES = 4096;

/** Lifts a line of format 1, whose values stand beside step and epoch. Values that are no numbers are left out. */
function parseEvaluation(line: string): EvaluationRecord | null {
  try {
    const record: unknown = JSON.parse(line, reviveNonFinite);
    if (!isObject(record) || typeof record.step !== 'number' || typeof record.epoch !== 'number') return null;
    const { step, epoch, values, ...beside } = record;
    return { step, epoch, values: keepNumbers(isObject(values) ? values : beside) } as EvaluationRecord;
  } catch {
    return null;
  }
}

function keepNumbers(fields: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
