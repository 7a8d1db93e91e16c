// Room: model. The child's entry: node main.js <run folder> -> outcome.json. It gets nothing but the folder; progress goes
// over the IPC channel, where there is one. Exits 0 with an outcome, STOPPED_EXIT_CODE when asked to stop, else 1.

import { UserError } from '../experiment/user-error.ts';
import { outcomeFile } from '../results/paths.ts';
import { type OutcomeRecord, STOPPED_EXIT_CODE } from '../results/records.ts';
import { writeJsonAtomic } from '../results/write.ts';
import { onStopRequest, sendProgress } from './parent.ts';
import { trainRun } from './train-run.ts';

const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node main.js <run folder>');
  process.exit(2);
}
const stop = onStopRequest();
try {
  const end = await trainRun({ folder, shouldStop: () => stop.requested, send: sendProgress });
  process.exit(end === 'stopped' ? STOPPED_EXIT_CODE : 0);
} catch (error) {
  if (error instanceof UserError) {
    // Trying again would end the same: the run has failed, it did not crash.
    console.error(error.message);
    writeJsonAtomic(outcomeFile(folder), failure(error.message));
    process.exit(0);
  }
  console.error(error);
  process.exit(1);
}

function failure(message: string): OutcomeRecord {
  return { status: 'failed', message, finishedAt: new Date().toISOString(), steps: 0, epochs: 0, seconds: 0, imagesPerSecond: null };
}
