// Ctrl-Z: trainers stand still with their runner, and go on with it after `fg`. They are in process groups of their own, so that the
// terminal's signal does not reach them.

export function handleSuspension(): void {
  if (process.platform !== 'win32') process.on('SIGTSTP', () => void suspend());
}

async function suspend(): Promise<void> {
  const { signalChildren } = await import('../runner/executors/local/no-orphans.ts');
  signalChildren('SIGSTOP');
  process.once('SIGCONT', () => signalChildren('SIGCONT'));
  process.kill(process.pid, 'SIGSTOP');
}
