// Room: model. The child's entry: node main.js <run folder> -> outcome.json. It gets nothing but the folder; progress goes
// over the IPC channel, where there is one. Exits 0 with an outcome, STOPPED_EXIT_CODE when asked to stop, else 1.

import { measureRun } from '../results/measure-run.ts';
import { STOPPED_EXIT_CODE } from '../results/records.ts';
import { writeOutcome } from '../results/write-run.ts';
import { classifyFailure } from './classify-failure.ts';
import { onStopRequest, sendProgress } from './parent.ts';
import { trainRun } from './train-run.ts';

const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node main.js <run folder>');
  process.exit(2);
}
process.on('uncaughtException', fail);
const stop = onStopRequest();
try {
  const end = await trainRun({ folder, shouldStop: () => stop.requested, send: sendProgress });
  process.exit(end === 'stopped' ? STOPPED_EXIT_CODE : 0);
} catch (error) {
  fail(error);
}

/** Writes down what the error is known to mean; of any other the runner learns from the exit code and the log. */
function fail(error: unknown): never {
  const failure = classifyFailure(error);
  if (failure === null) {
    console.error(error);
    process.exit(1);
  }
  const { status, message } = failure;
  console.error(status === 'failed' || status === 'bad-data' ? message : error);
  try {
    writeOutcome(folder!, { status, message, finishedAt: new Date().toISOString(), ...measureRun(folder!) });
  } catch (problem) {
    console.error(`The outcome could not be written: ${(problem as Error).message}`);
    process.exit(1);
  }
  process.exit(0);
}
