// Room: runner/executors/local. Signals a child and everything that it started.

/** Signals the process group of a child that leads one. Does nothing where they are all gone. */
export function killProcessGroup(leader: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error; // EPERM: macOS says so of a group of which only a zombie is left
  }
}

/** Kills the group when this process exits, in whichever way it still notices. Returns a function that calls this off. */
export function killAtExit(leader: number): () => void {
  if (!listening) process.on('exit', killAll);
  listening = true;
  leaders.add(leader);
  return () => leaders.delete(leader);
}

const leaders = new Set<number>();
let listening = false;

function killAll(): void {
  for (const leader of leaders) killProcessGroup(leader);
}
