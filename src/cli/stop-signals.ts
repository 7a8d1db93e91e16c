// Ctrl-C once: finish and save. Twice: at once. A request from elsewhere counts as well.

import type { StopSignals } from '../runner/executors/executor.ts';
import { isHangupStop } from './hangup.ts';

const SIGNALS = isHangupStop() ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGINT', 'SIGTERM'] as const);

/** npx and npm pass on a Ctrl-C that the terminal has sent to this process as well: a signal that follows so soon is the same Ctrl-C. */
const SAME_KEYSTROKE_MS = 500;

export type StopKind = 'graceful' | 'forced';

/** `by`: who asks; null for a signal. */
export type TellOfStop = (kind: StopKind, by: string | null) => void;

export interface StopListener {
  stop: StopSignals;
  /** Calls the function on each stop, also on one that has come already. Replaces the function of an earlier call. */
  onStop(tell: TellOfStop): void;
  /** Stops as a signal would. `by`: who asks, for a person. */
  request(kind: StopKind, by: string): void;
  /** From here on a signal stops the runs instead of ending this process. */
  listen(): void;
  /** From here on a signal ends this process again. */
  release(): void;
}

export function listenForStop(): StopListener {
  const listener = createStopListener();
  listener.listen();
  return listener;
}

/** A listener that does not listen yet. */
export function createStopListener(): StopListener {
  const graceful = new AbortController();
  const forced = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  let tell: TellOfStop = () => {};
  let asker: string | null = null;
  const stopBy = (kind: StopKind, by: string | null, name = by) => {
    if (forced.signal.aborted || (kind === 'graceful' && graceful.signal.aborted)) return;
    asker = by;
    tell(kind, by);
    graceful.abort(name);
    if (kind === 'forced') forced.abort(name);
  };
  const handle = (signal: NodeJS.Signals) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_KEYSTROKE_MS) return;
    lastMs = nowMs;
    stopBy(graceful.signal.aborted ? 'forced' : 'graceful', null, signal === 'SIGINT' ? 'Ctrl-C' : signal);
  };
  return {
    stop: { graceful: graceful.signal, forced: forced.signal },
    onStop(next) {
      tell = next;
      if (graceful.signal.aborted) tell(forced.signal.aborted ? 'forced' : 'graceful', asker);
    },
    request: (kind, by) => stopBy(kind, by),
    listen() {
      for (const signal of SIGNALS) process.on(signal, handle);
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}
