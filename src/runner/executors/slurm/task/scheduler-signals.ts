// What the scheduler tells a job by signals. Never SIGUSR1: Node's inspector owns it.

export interface SchedulerSignals {
  /** Aborted, with the name of the signal as the reason, once the job is to save and leave. */
  leave: AbortSignal;
}

/** SIGUSR2: its time is nearly over, or others come first (--signal). SIGTERM: the same, on some clusters; or it is being ended. */
export function listenForScheduler(): SchedulerSignals {
  const controller = new AbortController();
  for (const signal of ['SIGUSR2', 'SIGTERM'] as const) process.on(signal, () => controller.abort(signal));
  return { leave: controller.signal };
}
