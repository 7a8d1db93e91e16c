// The process that draws a run's sample grids again: node grids.js <run folder> <{samples, phrases}, as JSON>. Prints what it did as one
// line of JSON (RedrawnGrids) and exits with 0; or prints one line that says why not, and exits with 1.

import { exitWithReason } from './parent.ts';
import { redrawGrids } from './redraw-grids.ts';

const [folder, options] = process.argv.slice(2);
if (!folder || !options) {
  console.error('Usage: node grids.js <run folder> <options>');
  process.exit(2);
}
process.on('uncaughtException', exitWithReason);
try {
  console.log(JSON.stringify(await redrawGrids(folder, JSON.parse(options))));
  process.exit(0);
} catch (error) {
  exitWithReason(error);
}
