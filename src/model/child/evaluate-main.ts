// The process that measures a run again: node evaluate.js <run folder> <options, as JSON>. Writes evaluation.json, prints one line of JSON and
// exits with 0; or prints one line that says why not, and exits with 1. Progress goes over the IPC channel, where there is one.

import { UserError } from '../../experiment/user-error.ts';
import { isSystemError } from '../../results/errors.ts';
import type { EvaluateOptions } from '../../results/records.ts';
import { evaluateRun } from './evaluate-run.ts';
import { sendProgress } from './parent.ts';

const [folder, options] = process.argv.slice(2);
if (!folder || !options) {
  console.error('Usage: node evaluate.js <run folder> <options>');
  process.exit(2);
}
process.on('uncaughtException', fail);
process.on('disconnect', () => process.exit(1)); // whoever asked is gone
try {
  const how = JSON.parse(options) as EvaluateOptions;
  console.log(JSON.stringify(await evaluateRun(folder, { ...how, send: sendProgress, log: (line) => console.error(line) })));
  process.exit(0);
} catch (error) {
  fail(error);
}

/** The last line is for a person; a stack before it, for an error that only its stack explains. */
function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const isExplained = error instanceof UserError || isSystemError(error);
  if (!isExplained) console.error(error);
  console.error(message.split('\n')[0]);
  process.exit(1);
}
