// The end of a run that was stopped while no process worked on it: it waited for its turn, for another attempt or for a decision.

import { dirname, join } from 'node:path';
import { makeFolders } from '../../results/files/make-folders.ts';
import { measureRun } from '../../results/lines/metrics.ts';
import type { OutcomeRecord } from '../../results/records.ts';
import { beginLongerRun } from '../../results/runs/begin-longer-run.ts';
import { recordOutcome } from '../attempt/conclude.ts';
import { folderBefore, type PlannedRun } from '../plan/plan.ts';

/** Writes the outcome that says who has stopped it. It goes on from where it is, also from where a shorter run has come. */
export function concludeWithdrawn(
  run: PlannedRun,
  { folder, by }: { folder: string; by: string },
): { kind: 'stopped'; outcome: OutcomeRecord; problem?: string } {
  let problem: string | undefined;
  try {
    const before = folderBefore(run);
    const { id, point } = run;
    if (before !== id) beginLongerRun(join(dirname(folder), before), folder, { id, axes: point.axes, config: point.config });
    makeFolders(folder);
  } catch (error) {
    problem = (error as Error).message;
  }
  const reached = measureRun(folder);
  const after = reached.steps === 0 ? 'before its first step' : `after step ${reached.steps} (epoch ${reached.epochs})`;
  const outcome: OutcomeRecord = {
    status: 'cancelled',
    message: `Stopped by ${by} ${after}. It goes on when the experiment is run again.`,
    finishedAt: new Date().toISOString(),
    ...reached,
  };
  return { kind: 'stopped', outcome, ...(problem === undefined ? recordOutcome(folder, outcome) : { problem }) };
}
