// Room: cli. Ctrl-C once: finish and save. Twice: at once.

import type { StopSignals } from '../runner/executors/executor.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npx and npm pass a Ctrl-C on that the terminal has sent us already: what follows so soon is the same one. */
const SAME_KEYSTROKE_MS = 500;

export type StopKind = 'graceful' | 'forced';

export interface StopListener {
  stop: StopSignals;
  /** Calls back on each stop, also on one that has come already. Replaces the function given before. */
  onStop(tell: (kind: StopKind) => void): void;
  /** Signals act as usual again. */
  release(): void;
}

export function listenForStop(): StopListener {
  const graceful = new AbortController();
  const forced = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  let tell = (_kind: StopKind): void => {};
  const handle = () => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_KEYSTROKE_MS || forced.signal.aborted) return;
    lastMs = nowMs;
    const kind = graceful.signal.aborted ? 'forced' : 'graceful';
    tell(kind);
    (kind === 'forced' ? forced : graceful).abort();
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    stop: { graceful: graceful.signal, forced: forced.signal },
    onStop(next) {
      tell = next;
      if (graceful.signal.aborted) tell('graceful');
      if (forced.signal.aborted) tell('forced');
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}
