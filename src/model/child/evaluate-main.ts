// The process that measures a run again: node evaluate.js <run folder> <options, as JSON>. Writes evaluation.json, prints one line of JSON
// and exits with 0; or prints one line that says why not, and exits with 1. Progress goes over the IPC channel, where there is one.

import type { EvaluateOptions } from '../../results/child-messages.ts';
import { evaluateRun } from './evaluate-run.ts';
import { exitWithReason, sendToParent } from './parent.ts';

const [folder, options] = process.argv.slice(2);
if (!folder || !options) {
  console.error('Usage: node evaluate.js <run folder> <options>');
  process.exit(2);
}
process.on('uncaughtException', exitWithReason);
process.on('disconnect', () => process.exit(1)); // whoever asked is gone
try {
  const how = JSON.parse(options) as EvaluateOptions;
  console.log(JSON.stringify(await evaluateRun(folder, { ...how, send: sendToParent, log: (line) => console.error(line) })));
  process.exit(0);
} catch (error) {
  exitWithReason(error);
}
