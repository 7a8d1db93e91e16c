// In a process that --detach has started: where its output goes, and word to the one that waits until it has begun.

/** Names the log of this process; no child of it is to take it for its own. */
export const LOG_VARIABLE = 'FACET_DETACHED_LOG';

/** Full path of the log; null where this command was not started by --detach. Takes the variable out of the environment. */
export function takeDetachedLog(): string | null {
  const log = process.env[LOG_VARIABLE] || null;
  delete process.env[LOG_VARIABLE];
  return log;
}

/** `words` follow the name of the experiment: "2 of 6 runs to do". Nobody waits any more after the first time. */
export function tellBegun(words: string): void {
  if (!process.connected) return;
  process.send!({ begun: words }, () => {
    if (process.connected) process.disconnect();
  });
}
