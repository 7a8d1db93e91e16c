// facet rm RUN…: deletes runs, after it has said which and asked.

import { createInterface } from 'node:readline/promises';
import { formatBytes, plural } from '../../experiment/units.ts';
import { UserError } from '../../experiment/user-error.ts';
import { measureFolder } from '../../machine/disk.ts';
import { commandFor } from '../../results/commands.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { readRun } from '../../results/read.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { type FoundRun, findRun } from '../../results/runs/find.ts';
import { removeRun, whoHolds } from '../../results/runs/remove-run.ts';
import { wordOf } from '../../results/states.ts';
import { EXIT } from '../exit-codes.ts';
import { reportWait } from '../take-lease.ts';
import { createPaint } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';

export interface RmCommandOptions {
  runs: string[];
  results: string;
  yes: boolean;
}

/** Removes nothing unless all of the runs can be removed. */
export async function rmCommand({ runs: namesOrPaths, results, yes }: RmCommandOptions): Promise<number> {
  requireNoFile(results);
  const runs = [
    ...new Map(namesOrPaths.map((name) => findRun(results, name, { mayLieElsewhere: false })).map((run) => [run.folder, run])).values(),
  ];
  const holders = await Promise.all(runs.map((run) => whoHolds(run, (holder) => reportWait(`${run.experiment}/${run.id}`, holder))));
  const held = runs.flatMap((run, index) => describeHold(run, holders[index]!, results) ?? []);
  if (held.length > 0) return refuse(held);

  const sizes = runs.map(({ folder }) => measureFolder(folder));
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  process.stdout.write(`${listRuns(runs, sizes)}\n`);
  const what = `${plural(runs.length, 'run')}, ${formatBytes(total)}`;
  if (!yes && !(await confirm(`Delete ${what}, for good?`))) {
    process.stdout.write('Nothing was deleted.\n');
    return EXIT.ok;
  }
  for (const run of runs) {
    const holder = removeRun(run);
    if (holder) return refuse([describeHold(run, holder, results)!]);
  }
  process.stdout.write(`Deleted ${what}.\n`);
  return EXIT.ok;
}

function describeHold({ experiment, id }: FoundRun, holder: LeaseRecord | null, results: string): string | null {
  if (!holder) return null;
  const who = `process ${holder.pid} on ${holder.host} is at work on it since ${holder.since}`;
  return `${experiment}/${id} cannot be deleted: ${who}. Stop it with: ${commandFor(results, 'stop', experiment)}`;
}

function refuse(lines: string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`);
  return EXIT.held;
}

function listRuns(runs: FoundRun[], sizes: number[]): string {
  const rows = runs.map(({ experiment, id, folder }, index) => {
    const { state } = readRun(folder);
    return [{ text: `${experiment}/${id}` }, { text: wordOf(state) }, { text: formatBytes(sizes[index]!) }];
  });
  return formatTable(['run', 'state', 'size'], rows, { paint: createPaint(process.stdout), right: [2] });
}

/** Only "y" and "yes" are a yes: not the end of the input, nor Ctrl-C. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new UserError('Nobody can be asked here: add --yes to delete without asking');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new AbortController();
  terminal.once('SIGINT', () => closed.abort());
  terminal.once('close', () => closed.abort());
  try {
    const answer = await terminal.question(`${question} y/N `, { signal: closed.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    process.stdout.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
