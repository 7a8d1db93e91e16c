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

function parseEvaluation(line: string): EvaluationRecord | null {
  try {
    const value: unknown = JSON.parse(line, reviveNonFinite);
    const isEvaluation = isObject(value) && [value.step, value.epoch, value.slicedWasserstein].every((field) => typeof field === 'number');
    return isEvaluation ? (value as unknown as EvaluationRecord) : null;
  } catch {
    return null;
  }
}
