// How far a whole sweep is, and how long it still takes.

import { isDone, isFailure } from '../../results/states.ts';
import type { RunFacts } from '../views/run-facts.ts';
import type { SweepProgress } from './api.ts';

export function measureSweep(runs: readonly RunFacts[]): SweepProgress {
  const wanted = runs.filter(({ current }) => current);
  const usual = wanted.find(({ steps }) => steps !== null)?.steps ?? null;
  const lengths = wanted.map(({ steps, step, state }) => (isDone(state) ? step : (steps ?? usual ?? 0)));
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const done = wanted.reduce((sum, { step }, i) => sum + Math.min(step, lengths[i]!), 0);
  const atWork = wanted.filter(({ state, step, seconds }) => state === 'running' && step > 0 && (seconds ?? 0) > 0);
  const stepsPerSecond = atWork.reduce((sum, { step, seconds }) => sum + step / seconds!, 0);
  const open = wanted.reduce((sum, { state, step }, i) => sum + (isFailure(state) ? 0 : Math.max(0, lengths[i]! - step)), 0);
  return {
    runs: wanted.length,
    done: wanted.filter(({ state }) => isDone(state)).length,
    failed: wanted.filter(({ state }) => isFailure(state)).length,
    share: all === 0 ? null : done / all,
    secondsLeft: stepsPerSecond === 0 ? null : open / stepsPerSecond,
  };
}
