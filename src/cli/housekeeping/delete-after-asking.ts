// Deletes what has been chosen, after it has been named and somebody has said yes.

import { formatBytes, plural } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import type { LeaseRecord } from '../../results/records.ts';
import type { Removal } from '../../results/remove/removal.ts';
import { EXIT } from '../exit-codes.ts';
import { reportWait } from '../take-lease.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';
import { confirm } from './confirm.ts';

/** Names what would be deleted with its size, asks unless `yes`, and deletes it, unless a process is at work on a part. */
export async function deleteAfterAsking(
  removals: readonly Removal[],
  { yes, results }: { yes: boolean; results: string },
): Promise<number> {
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
  const counts = new Map<string, { count: number; kinds: string | undefined }>();
  for (const { kind, kinds, count } of removals) counts.set(kind, { count: (counts.get(kind)?.count ?? 0) + count, kinds });
  return [...counts].map(([kind, { count, kinds }]) => plural(count, kind, kinds)).join(', ');
}

const sum = (removals: readonly Removal[]): number => removals.reduce((total, { bytes }) => total + bytes, 0);
