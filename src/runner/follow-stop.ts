// (pure) Stop signals that follow others and can be aborted by themselves as well.

import type { StopRequest } from '../results/records.ts';
import type { StopSignals } from './executors/executor.ts';

export interface FollowedStop {
  signals: StopSignals;
  request(request: Pick<StopRequest, 'kind' | 'by'>): void;
  /** No longer follows the outer signals. */
  release(): void;
}

/** The signals returned abort with the outer ones, for the same reason, and on request. */
export function followStop(outer: StopSignals | undefined): FollowedStop {
  const graceful = new AbortController();
  const forced = new AbortController();
  const released = new AbortController();
  const follow = (signal: AbortSignal, own: AbortController) => {
    if (signal.aborted) own.abort(signal.reason);
    else signal.addEventListener('abort', () => own.abort(signal.reason), { signal: released.signal });
  };
  if (outer) {
    follow(outer.graceful, graceful);
    follow(outer.forced, forced);
  }
  return {
    signals: { graceful: graceful.signal, forced: forced.signal, ...(outer?.leave && { leave: outer.leave }) },
    request({ kind, by }) {
      graceful.abort(by);
      if (kind === 'forced') forced.abort(by);
    },
    release: () => released.abort(),
  };
}
