// Room: model/child. Writes down why a training ended, where that is known.

import { UserError } from '../../experiment/user-error.ts';
import { measureRun } from '../../results/measure-run.ts';
import { UNWRITABLE_EXIT_CODE } from '../../results/records.ts';
import { writeOutcome } from '../../results/write-run.ts';
import { classifyFailure } from './classify-failure.ts';

/**
 * Writes the outcome for an error that is known to mean something; of any other the runner learns from the exit code and
 * the log. Returns what to print into the log, and the code to exit with: 0 with an outcome, UNWRITABLE_EXIT_CODE where
 * there should be one.
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
