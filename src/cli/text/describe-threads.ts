// Says which runs keep a number of threads that is not the slots'.

import { join } from 'node:path';
import { plural } from '../../experiment/units.ts';
import { readRun } from '../../results/read.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';
import type { Slot } from '../../runner/plan/slots.ts';
import { chooseThreads } from '../../runner/plan/threads.ts';

/** One line for each number of threads that is kept; none where all runs have those of their slot. */
export function describeThreads(plan: readonly PlannedRun[], experimentFolder: string, slots: readonly Slot[]): string[] {
  const offered = slots[0]!.threads;
  const kept = new Map<number, number>();
  for (const { id, action } of plan) {
    if (action !== 'resume') continue;
    const threads = chooseThreads(offered, readRun(join(experimentFolder, id)).record);
    if (threads !== offered) kept.set(threads, (kept.get(threads) ?? 0) + 1);
  }
  return [...kept].map(([threads, runs]) => {
    const goes = runs === 1 ? 'goes' : 'go';
    return `${plural(runs, 'run')} ${goes} on with ${plural(threads, 'thread')}, as begun, not ${offered}: threads change the last bits of a result.`;
  });
}
