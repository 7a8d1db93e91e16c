// SIGHUP: the terminal is gone. Whoever has sent the output elsewhere, as `nohup` does, wants the command to go on then.

import { readText } from '../machine/read-text.ts';

/**
 * Whether a hangup is a request to stop: only where somebody looks at the output in the terminal, and whoever has started this process does
 * not ignore hangups. What this process itself had been told to ignore can no longer be seen: Node sets every signal back when it starts.
 */
export function isHangupStop(): boolean {
  return process.stdout.isTTY === true && !isIgnoredBy(process.ppid);
}

/** Ignores hangups from here on where they are no request to stop; otherwise they end this process, or what listens takes them. */
export function ignoreStrayHangups(): void {
  if (!isHangupStop()) process.on('SIGHUP', () => {});
}

function isIgnoredBy(pid: number): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readText(`/proc/${pid}/status`))?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & 1n) === 1n; // SIGHUP is number 1
}
