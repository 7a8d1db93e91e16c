// A task of an array on a node of the cluster: node task.js <submission folder>. Trains one run as an ordinary child, keeps its time limits,
// writes its outcome, and has itself queued again where the scheduler wants the node back or its time is nearly over. Exits at once where
// the run has its outcome, or where another process works on it.

import { carryOutTask } from './carry-out-task.ts';
import { listenForScheduler } from './scheduler-signals.ts';

// First of all: SIGUSR2 ends a process that does not listen.
const signals = listenForScheduler();
const folder = process.argv[2];
if (!folder) {
  console.error('Usage: node task.js <submission folder>');
  process.exit(2);
}
const { exitCode, why } = await carryOutTask(folder, signals);
if (why !== undefined) console.error(why);
process.exit(exitCode);
