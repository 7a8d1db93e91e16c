// The process that draws a run's sample grids again: node grids.js <run folder> <samples, as JSON>. Prints what it did as one line of JSON
// (RedrawnGrids) and exits with 0; or prints one line that says why not, and exits with 1.

import { UserError } from '../../experiment/user-error.ts';
import { isSystemError } from '../../results/errors.ts';
import { redrawGrids } from './redraw-grids.ts';

const [folder, samples] = process.argv.slice(2);
if (!folder || !samples) {
  console.error('Usage: node grids.js <run folder> <samples>');
  process.exit(2);
}
process.on('uncaughtException', fail);
try {
  console.log(JSON.stringify(await redrawGrids(folder, JSON.parse(samples))));
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
