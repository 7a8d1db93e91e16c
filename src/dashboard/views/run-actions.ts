// What the page of a run offers to do with it: stop it, start it, go on with it, try it again.

import { isSilent } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import type { RunState } from '../../results/records.ts';
import { isDone, isFailure, RUN_STATES } from '../../results/states.ts';
import { keyOfRunner } from '../http/stop-route.ts';
import type { RunStarter } from '../run-starter.ts';
import type { RunActions } from '../wire.ts';
import type { LiveExperiment } from './live-experiment.ts';
import type { LiveRun } from './live-run.ts';

/** `starter`: null where nothing is started from here. */
export function describeActions(live: LiveExperiment, { run }: LiveRun, starter: RunStarter | null): RunActions {
  const isReached = !isSilent(readLastSign(runnerLeaseFile(live.results.folder)), Date.now());
  const runner = isReached ? keyOfRunner(live.results.runner) : null;
  const place = { experiment: live.name, id: run.id };
  const started = starter?.look(place) ?? null;
  const canStop = run.state === 'running' ? runner !== null || starter !== null : runner !== null && isWaiting(run.state);
  const canStart = run.current && starter !== null && starter.findProblem(place) === null;
  return {
    offer: canStop ? 'stop' : canStart ? offerOf(run.state) : null,
    runner,
    isStarting: started?.state === 'starting',
    said: isDone(run.state) ? '' : (started?.said ?? ''),
  };
}

const isWaiting = (state: RunState): boolean => state === 'queued' || state === 'interrupted';

function offerOf(state: RunState): RunActions['offer'] {
  if (state === 'queued') return 'start';
  if (isFailure(state)) return 'retry';
  return RUN_STATES[state].mayContinue ? 'continue' : null;
}
