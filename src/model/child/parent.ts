// Room: model/child. What passes between a training child and the runner that started it. All of it may be lost.

import type { ProgressMessage, StopMessage } from '../../results/records.ts';

/** Becomes `requested` when the parent asks to stop, or on SIGTERM. Ends the process at once when the parent is gone. */
export function onStopRequest(): { readonly requested: boolean } {
  const state = { requested: false };
  const request = () => {
    state.requested = true;
  };
  process.on('message', (message: StopMessage) => {
    if (message?.type === 'stop') request();
  });
  process.on('SIGTERM', request);
  // A terminal's Ctrl-C reaches the whole process group. The parent decides what it means.
  if (process.send) process.on('SIGINT', () => {});
  else process.on('SIGINT', request);
  process.on('disconnect', () => process.exit(1));
  return state;
}

export function sendProgress(message: ProgressMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}
