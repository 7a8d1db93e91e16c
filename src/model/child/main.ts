// The training process: node main.js <run folder> trains that run and writes outcome.json. It gets nothing but the folder; progress goes
// over the IPC channel, where there is one. Exits 0 with an outcome, STOPPED_EXIT_CODE when asked to stop or where another process trains
// the run, UNWRITABLE_EXIT_CODE where the outcome could not be written, else 1.

import { STOPPED_EXIT_CODE } from '../../results/child-messages.ts';
import { recordFailure } from './failures.ts';
import { holdRun } from './hold-run.ts';
import { createSender, onStopRequest } from './parent.ts';
import { trainRun } from './train-run.ts';

const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node main.js <run folder>');
  process.exit(2);
}
process.on('uncaughtException', fail);
const stop = onStopRequest(folder);
const takenOver = 'Another process has taken this run over, as this one did not show for a minute that it lives. It leaves.';
// Without an outcome where the lease cannot be taken: another process may hold it.
const hold = await holdRun(folder, () => leave(takenOver)).catch((error: Error) => leave(error.message, 1));
if ('refusal' in hold) leave(hold.refusal);
try {
  const end = await trainRun({ folder, stop, send: createSender(folder), beforeWriting: () => void hold.isHeld() });
  process.exit(end === 'stopped' ? STOPPED_EXIT_CODE : 0);
} catch (error) {
  fail(error);
}

function leave(why: string, exitCode = STOPPED_EXIT_CODE): never {
  console.error(why);
  process.exit(exitCode);
}

function fail(error: unknown): never {
  const { print, exitCode } = recordFailure(folder!, error);
  for (const line of print) console.error(line);
  process.exit(exitCode);
}
