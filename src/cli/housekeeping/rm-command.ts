// facet rm: deletes runs, experiments and what is left of them, after it has said what and asked.

import { formatBytes, plural } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import type { LeaseRecord } from '../../results/records.ts';
import type { Removal } from '../../results/remove/removal.ts';
import { EXIT } from '../exit-codes.ts';
import { reportWait } from '../take-lease.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';
import { chooseRemovals, type RmOptions } from './choose-removals.ts';
import { confirm } from './confirm.ts';

export interface RmCommandOptions extends RmOptions {
  yes: boolean;
}

/** Removes nothing unless all of it can be removed. */
export async function rmCommand({ yes, ...options }: RmCommandOptions): Promise<number> {
  const { results } = options;
  requireNoFile(results);
  const removals = chooseRemovals(options);
  if (removals.length === 0) {
    process.stdout.write('Nothing to delete.\n');
    return EXIT.ok;
  }
  const holders = await Promise.all(removals.map((removal) => removal.whoHolds((holder) => reportWait(removal.name, holder))));
  const held = removals.flatMap((removal, index) => describeHold(removal, holders[index]!, results) ?? []);
  if (held.length > 0) return refuse(held);

  process.stdout.write(`${listRemovals(removals)}\n`);
  const what = `${describeKinds(removals)}, ${formatBytes(sum(removals))}`;
  if (!yes && !(await confirm(`Delete ${what}, for good?`))) {
    process.stdout.write('Nothing was deleted.\n');
    return EXIT.ok;
  }
  for (const removal of removals) {
    const holder = removal.remove();
    if (holder) return refuse([describeHold(removal, holder, results)!]);
  }
  process.stdout.write(`Deleted ${what}.\n`);
  return EXIT.ok;
}

function describeHold({ experiment, name }: Removal, holder: LeaseRecord | null, results: string): string | null {
  if (!holder) return null;
  const who = `process ${holder.pid} on ${holder.host} is at work on it since ${holder.since}`;
  const stop = experiment === null ? '' : `. Stop it with: ${commandFor(results, 'stop', experiment)}`;
  return `${name} cannot be deleted: ${who}${stop}`;
}

function refuse(lines: string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`);
  return EXIT.held;
}

function listRemovals(removals: readonly Removal[]): string {
  const rows = removals.map(({ name, what, bytes }) => [{ text: name }, { text: what }, { text: formatBytes(bytes) }]);
  const isRuns = removals.every(({ kind }) => kind === 'run');
  const head = isRuns ? ['run', 'state', 'size'] : ['where', 'what', 'size'];
  return formatTable(head, rows, { paint: createPaint(process.stdout), columns: terminalColumns(), right: [2] });
}

/** "3 runs, 1 repetition" */
function describeKinds(removals: readonly Removal[]): string {
  const counts = new Map<Removal['kind'], number>();
  for (const { kind, count } of removals) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts]
    .map(([kind, count]) => (kind.includes(' ') ? plural(count, kind, kind.replace('folder', 'folders')) : plural(count, kind)))
    .join(', ');
}

const sum = (removals: readonly Removal[]): number => removals.reduce((total, { bytes }) => total + bytes, 0);
