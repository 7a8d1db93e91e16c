// Room: runner (pure). What to do with each run of the sweep, given what is on disk.

import type { SweepPoint } from '../experiment/schema.ts';
import type { RunState } from '../results/records.ts';

export interface IdentifiedPoint {
  id: string;
  point: SweepPoint;
  dataIdentity: string;
}

export interface PlannedRun extends IdentifiedPoint {
  state: RunState;
  /** start: from nothing. resume: from its newest checkpoint, or from nothing where it has none. skip: nothing to do. */
  action: 'start' | 'resume' | 'skip';
  /** Why, in a few words for a person. */
  reason: string;
}

/**
 * Gives each point the id of the folder that already holds its work: same hash, although the readable part differs
 * because the sweep has another axis since. Points with the same hash are the same run; only the first is kept.
 */
export function adoptFolders(points: readonly IdentifiedPoint[], folders: readonly string[]): IdentifiedPoint[] {
  const folderOf = new Map(folders.map((name) => [hashOf(name), name]));
  const unique = new Map<string, IdentifiedPoint>();
  for (const point of points) {
    const hash = hashOf(point.id);
    if (!unique.has(hash)) unique.set(hash, { ...point, id: folderOf.get(hash) ?? point.id });
  }
  return [...unique.values()];
}

/**
 * Plans every run, in the order given.
 *
 * A run that diverged is not tried again: the same seed meets the same NaN. One that failed, crashed or ran out of
 * time is, from its checkpoint. `fresh` starts all of them from nothing.
 */
export function planRuns(points: readonly IdentifiedPoint[], stateOf: (id: string) => RunState, { fresh = false } = {}): PlannedRun[] {
  return points.map((point) => {
    const state = stateOf(point.id);
    return { ...point, state, ...(fresh ? startAgain(state) : DECISIONS[state]) };
  });
}

function hashOf(id: string): string {
  return id.slice(id.lastIndexOf('-') + 1);
}

type Decision = Pick<PlannedRun, 'action' | 'reason'>;

const DECISIONS: Record<RunState, Decision> = {
  queued: { action: 'start', reason: 'new' },
  running: { action: 'resume', reason: 'running' },
  interrupted: { action: 'resume', reason: 'was interrupted' },
  cancelled: { action: 'resume', reason: 'was stopped' },
  succeeded: { action: 'skip', reason: 'done' },
  'stopped-early': { action: 'skip', reason: 'stopped early' },
  diverged: failed('diverged'),
  failed: failed('failed'),
  'bad-data': failed('bad data'),
  crashed: failed('crashed'),
  'out-of-memory': failed('out of memory'),
  'out-of-gpu-memory': failed('out of GPU memory'),
  'no-space': failed('disk full'),
  'timed-out': failed('ran out of time'),
  stalled: failed('stalled'),
};

function failed(what: string): Decision {
  return { action: 'skip', reason: `${what}; --retry-failed tries again` };
}

function startAgain(state: RunState): Decision {
  return { action: 'start', reason: state === 'queued' ? 'new' : `${state}; redone from nothing` };
}
