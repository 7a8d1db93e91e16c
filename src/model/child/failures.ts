// Why a training ended, where that is known: what an error means for the outcome, and writing it down.

import { UserError } from '../../experiment/user-error.ts';
import { UNWRITABLE_EXIT_CODE } from '../../results/child-messages.ts';
import { codeOf, firstLineOf, isLackOfSpace } from '../../results/errors.ts';
import { recogniseFailure } from '../../results/failure-signs.ts';
import { measureRun } from '../../results/lines/metrics.ts';
import type { Failure } from '../../results/records.ts';
import { writeOutcome } from '../../results/write-run.ts';
import { DataError } from '../data/sources/source.ts';

/**
 * Writes the outcome for an error that classifyFailure knows. Any other error leaves no outcome: the runner learns of it from the exit
 * code and the log. Returns what to print into the log, and the code to exit with: 0 with an outcome, UNWRITABLE_EXIT_CODE where it
 * could not be written, else 1.
 */
export function recordFailure(folder: string, error: unknown): { print: unknown[]; exitCode: number } {
  const failure = classifyFailure(error);
  if (failure === null) return { print: [error], exitCode: 1 };
  const { status, message } = failure;
  const explained = error instanceof UserError ? message : error;
  try {
    writeOutcome(folder, { status, message, finishedAt: new Date().toISOString(), ...measureRun(folder) });
    return { print: [explained], exitCode: 0 };
  } catch (problem) {
    return { print: [explained, `The outcome could not be written: ${(problem as Error).message}`], exitCode: UNWRITABLE_EXIT_CODE };
  }
}

export interface ClassifiedFailure {
  status: Failure;
  /** One line for a person. */
  message: string;
}

/** What an error means for the outcome; null for one that only its stack explains: a crash, which the runner diagnoses. */
export function classifyFailure(error: unknown): ClassifiedFailure | null {
  const causes = listCauses(error);
  const message = describe(error);
  if (causes.some(isLackOfSpace)) return { status: 'no-space', message };
  if (error instanceof DataError) return { status: 'bad-data', message };
  if (error instanceof UserError) return { status: 'failed', message };
  for (const cause of causes) {
    const status = recogniseFailure(`${codeOf(cause)} ${cause.message}`);
    if (status) return { status, message: `${message}${ADVICE[status]}` };
  }
  return null;
}

const ADVICE: Partial<Record<Failure, string>> = {
  'out-of-memory': ' Fewer runs at once (execution.parallel), a smaller training.batchSize or model.width need less memory.',
  'out-of-gpu-memory': ' Fewer runs a GPU (execution.gpusPerRun), a smaller training.batchSize or model.width need less of it.',
};

/** The error and what caused it, outermost first. */
function listCauses(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && !causes.includes(cause); cause = cause.cause) causes.push(cause);
  return causes;
}

function describe(error: unknown): string {
  const line = firstLineOf(error).trim().slice(0, 500);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
