// facet logs RUN: what a run has printed, in all its attempts.

import { setTimeout as sleep } from 'node:timers/promises';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readLiveLease } from '../../results/leases/lease.ts';
import { createLogReader } from '../../results/lines/log.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import { readRun } from '../../results/read.ts';
import { type FoundRun, findRun } from '../../results/runs/find.ts';
import { readNote } from '../../results/runs/notes.ts';
import { RUN_STATES } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { createJobLook, describeJobOf } from '../jobs/job-of-run.ts';
import { describeNote } from '../runs/describe-note.ts';
import { listenForStop } from '../stop-signals.ts';

export interface LogsCommandOptions {
  run: string;
  results: string;
  follow: boolean;
}

const LOOK_EVERY_MS = 200;

export async function logsCommand({ run: nameOrPath, results, follow }: LogsCommandOptions): Promise<number> {
  requireNoFile(results);
  const run = findRun(results, nameOrPath);
  const { note } = readNote(run.folder);
  if (process.stderr.isTTY)
    process.stderr.write(
      describeNote(note)
        .map((line) => `(note) ${line}\n`)
        .join(''),
    ); // the log alone is for pipes
  const printer = createPrinter(run.folder);
  if (follow) return followLog(run, printer);
  printer.print();
  printer.finish();
  if (!printer.hasPrinted()) process.stderr.write(`${run.experiment}/${run.id} has printed nothing yet.${describeJobOf(run.folder)}\n`);
  return EXIT.ok;
}

async function followLog({ folder }: FoundRun, printer: Printer): Promise<number> {
  const isQueued = createJobLook();
  const { stop, release } = listenForStop();
  try {
    while (!stop.graceful.aborted) {
      const isOver = hasEnded(folder) && !(await isQueued(folder)); // asked before printing, so that the last lines are printed too
      printer.print();
      if (isOver) {
        printer.finish();
        return EXIT.ok;
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.graceful }).catch(() => {});
    }
    return EXIT.interrupted;
  } finally {
    release();
  }
}

/** While a runner is at work, an end that is not final may be followed by another attempt. */
function hasEnded(folder: string): boolean {
  const { state } = readRun(folder);
  if (RUN_STATES[state].isFinal) return true;
  return state !== 'running' && readLiveLease(runnerLeaseFile(`${folder}/..`)) === null;
}

interface Printer {
  /** Prints all whole lines that are there. */
  print(): void;
  /** Prints also an unfinished last line. */
  finish(): void;
  hasPrinted(): boolean;
}

function createPrinter(folder: string): Printer {
  const read = createLogReader(folder);
  let rest = '';
  let hasPrinted = false;
  const printLines = (lines: string[]) => {
    if (lines.length === 0) return;
    hasPrinted = true;
    process.stdout.write(`${lines.map(makeHarmless).join('\n')}\n`);
  };
  return {
    print() {
      for (let text = read(); text !== ''; text = read()) {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        if (rest.length > MOST_OF_A_LINE) {
          lines.push(rest);
          rest = '';
        }
        printLines(lines);
      }
    },
    finish() {
      if (rest !== '') printLines([rest]);
      rest = '';
    },
    hasPrinted: () => hasPrinted,
  };
}

/** A line without an end is shown in parts. */
const MOST_OF_A_LINE = 1024 * 1024;
