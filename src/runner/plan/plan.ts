// (pure) What to do with each run of the sweep, given what is on disk.

import { hashOfName } from '../../experiment/run-id.ts';
import type { RunConfig, SweepPoint } from '../../experiment/schema/schema.ts';
import { plural } from '../../experiment/units.ts';
import type { BackendChoice, BackendKind } from '../../machine/backend.ts';
import type { RunState } from '../../results/records.ts';
import { isFailure, wordOf } from '../../results/states.ts';
import type { ShorterRun } from './shorter-runs.ts';

export interface IdentifiedPoint {
  id: string;
  point: SweepPoint;
  dataIdentity: string;
  /** Where it has no folder: the run that was trained as this one is to be, with fewer epochs. */
  shorter?: ShorterRun;
  /** Where it has no folder: the run of another experiment that is the same and has succeeded. */
  equal?: EqualRun;
}

/** A run of another experiment of the same results. */
export interface EqualRun {
  experiment: string;
  id: string;
}

export interface PlannedRun extends IdentifiedPoint {
  state: RunState;
  /**
   * start: from nothing. resume: from its newest checkpoint, or that of the shorter run, or from nothing where there is none. skip: nothing
   * to do.
   */
  action: 'start' | 'resume' | 'skip';
  /** Why, in a few words for a person. */
  reason: string;
  /** The backend that it goes on with, where that is another than new runs get. */
  backend?: BackendChoice;
  /** The kind of backend that it needs and that is not here: it is left alone. */
  needs?: BackendKind;
  /** The command was asked for other runs alone (`--only`): its action is skip, whatever its state. */
  isLeftOut?: boolean;
  /** Why it cannot be told how it has ended: it is left alone, so that no outcome is lost. */
  unreadable?: string;
}

/** What a folder's own record says of it. */
export interface FolderWork {
  /** Of run-id.ts, from the configuration and data that the record names. */
  hash: string;
  isFinished: boolean;
}

/**
 * Gives each point the id of the folder that holds its work already: the hash in the folder's name is the same, although the
 * readable part may differ because the sweep has another axis since. For points that are not found so, `readWork` tells what
 * the other folders hold: ids of format 1 covered more than what decides the weights. Of several a finished one is taken.
 * Points with the same hash are the same run; only the first is kept.
 */
export function adoptFolders(
  points: readonly IdentifiedPoint[],
  folders: readonly string[],
  readWork: (folder: string) => FolderWork | null,
): IdentifiedPoint[] {
  const unique = new Map<string, IdentifiedPoint>();
  for (const point of points) if (!unique.has(hashOfName(point.id))) unique.set(hashOfName(point.id), point);
  const folderOf = new Map(folders.map((name) => [hashOfName(name), name]));
  const missing = new Set([...unique.keys()].filter((hash) => !folderOf.has(hash)));
  const others = missing.size === 0 ? [] : folders.filter((name) => !unique.has(hashOfName(name)));
  for (const name of others) {
    const work = readWork(name);
    if (work === null || !missing.has(work.hash)) continue;
    if (work.isFinished || !folderOf.has(work.hash)) folderOf.set(work.hash, name);
    if (work.isFinished) missing.delete(work.hash);
  }
  return [...unique].map(([hash, point]) => ({ ...point, id: folderOf.get(hash) ?? point.id }));
}

export interface PlanOptions {
  /** Starts all runs from nothing. */
  fresh?: boolean | undefined;
  /** Goes on with runs that failed, from their checkpoints. Without it they are left alone, as most would fail again. */
  retryFailed?: boolean | undefined;
  /** The ids of the runs that are wanted, also those that failed; the others are left out. Absent: all. */
  only?: ReadonlySet<string> | null;
  /** The file has successive halving. Then halving alone decides about runs that were stopped early. */
  halving?: boolean;
  /** Why it cannot be told how a run has ended; null: it can. Asked of the runs that would go on. Default: it always can. */
  findUnreadable?(id: string): string | null;
}

/** Plans every run, in the order given. */
export function planRuns(points: readonly IdentifiedPoint[], stateOf: (id: string) => RunState, options: PlanOptions = {}): PlannedRun[] {
  const { only = null } = options;
  return points.map((point) => {
    const state = stateOf(point.id);
    if (only && !only.has(point.id)) return { ...point, state, action: 'skip', reason: 'left out by --only', isLeftOut: true };
    const decision = decide(state, only ? { ...options, retryFailed: true } : options, point);
    const unreadable = decision.action === 'skip' || options.fresh ? null : (options.findUnreadable?.(point.id) ?? null);
    return { ...point, state, ...(unreadable === null ? decision : { action: 'skip', reason: unreadable, unreadable }) };
  });
}

function decide(
  state: RunState,
  { fresh = false, retryFailed = false, halving = false }: PlanOptions,
  { shorter, equal, point }: IdentifiedPoint,
): Decision {
  if (fresh) return startAgain(state);
  if (state === 'queued' && equal) return { action: 'skip', reason: `reused from ${equal.experiment}/${equal.id}, which is the same` };
  if (state === 'queued' && shorter) return describeLonger(shorter, point.config.training);
  if (state === 'stopped-early' && !halving)
    return { action: 'resume', reason: 'was stopped early; the file asks for no halving any more' };
  if (!isFailure(state)) return DECISIONS[state]!;
  if (retryFailed) return { action: 'resume', reason: `tried again: ${wordOf(state)}` };
  return { action: 'skip', reason: `${wordOf(state)}; --retry-failed tries again` };
}

type Decision = Pick<PlannedRun, 'action' | 'reason'>;

/** Of the states that are no failures. */
const DECISIONS: Partial<Record<RunState, Decision>> = {
  queued: { action: 'start', reason: 'new' },
  running: { action: 'resume', reason: 'running' },
  interrupted: { action: 'resume', reason: 'was interrupted' },
  cancelled: { action: 'resume', reason: 'was stopped' },
  succeeded: { action: 'skip', reason: 'done' },
  'stopped-early': { action: 'skip', reason: 'stopped early, unless it comes to be among the best' },
};

function describeLonger({ id, epochs, canGoOn }: ShorterRun, { learningRateSchedule }: RunConfig['training']): Decision {
  if (canGoOn) return { action: 'resume', reason: `goes on after the ${plural(epochs, 'epoch')} of ${id}` };
  return { action: 'start', reason: `new: the ${learningRateSchedule} schedule of ${id} was laid out for ${plural(epochs, 'epoch')}` };
}

/** The folder in which the state of a run lies with which it goes on: its own, or that of the shorter run whose training it continues. */
export function folderBefore({ id, action, state, shorter }: PlannedRun): string {
  return action === 'resume' && state === 'queued' && shorter ? shorter.id : id;
}

function startAgain(state: RunState): Decision {
  return { action: 'start', reason: state === 'queued' ? 'new' : `${wordOf(state)}; redone from nothing` };
}
