// The process that draws a run's sample grids again: node grids.js <run folder> <samples, as JSON>. Prints what it did as one line of JSON
// (RedrawnGrids) and exits with 0; or prints one line that says why not, and exits with 1.

import { exitWithReason } from './parent.ts';
import { redrawGrids } from './redraw-grids.ts';

const [folder, samples] = process.argv.slice(2);
if (!folder || !samples) {
  console.error('Usage: node grids.js <run folder> <samples>');
  process.exit(2);
}
process.on('uncaughtException', exitWithReason);
try {
  console.log(JSON.stringify(await redrawGrids(folder, JSON.parse(samples))));
  process.exit(0);
} catch (error) {
  exitWithReason(error);
}
