// (pure) What happened to the runs of an experiment between two looks at their folders, as the runner would tell it.

import type { Run } from '../../results/read.ts';
import type { RunProgress } from '../../results/read-progress.ts';
import { toProgressMessage } from '../../runner/attempt/progress.ts';
import type { ShownEvent } from './sweep-events.ts';
import type { ShownRun } from './sweep-view.ts';

interface Seen {
  state: Run['state'];
  attempts: number;
  step: number;
}

/**
 * Returns a function that gives the events since its last call. Its first call gives a launch for each run at work, and nothing for runs
 * that have ended before.
 */
export function createChangeFinder(readProgress: (run: Run) => RunProgress): (runs: readonly Run[]) => ShownEvent[] {
  const seen = new Map<string, Seen>();
  let isFirst = true;
  return (runs) => {
    const events = runs.flatMap((run) => {
      const before = seen.get(run.id) ?? { state: isFirst && run.state !== 'running' ? run.state : 'queued', attempts: 0, step: 0 };
      seen.set(run.id, before);
      if (run.state !== 'running' && run.state === before.state) return [];
      const progress = readProgress(run);
      seen.set(run.id, { state: run.state, attempts: progress.attempts, step: progress.step });
      return findEvents(run, progress, before);
    });
    isFirst = false;
    return events;
  };
}

function findEvents(run: Run, progress: RunProgress, before: Seen): ShownEvent[] {
  const shown: ShownRun = {
    id: run.id,
    state: run.state,
    action: progress.attempts > 1 ? 'resume' : 'start',
    point: { config: run.record?.config ?? null },
  };
  const base = { run: shown, attempt: Math.max(1, progress.attempts) };
  const isNew = before.state !== 'running' || before.attempts !== progress.attempts;
  if (run.state === 'running') {
    return [
      ...(isNew ? [{ type: 'launched' as const, ...base }] : []),
      ...(progress.step > (isNew ? 0 : before.step)
        ? [{ type: 'progress' as const, run: shown, message: toProgressMessage(progress) }]
        : []),
    ];
  }
  if (run.outcome) {
    const kind = run.outcome.status === 'cancelled' ? 'stopped' : 'finished';
    return [{ type: 'ended', ...base, end: { kind, outcome: run.outcome } }];
  }
  return before.state === 'running' ? [{ type: 'left', run: shown }] : [];
}
