// Room: runner/schedule (pure). On which GPUs runs keep failing. Where several runs in a row do, the card is the likely cause.

import type { OutcomeRecord } from '../../results/records.ts';

/** So many attempts in a row, of at least so many runs. */
const FAILURES_IN_A_ROW = 3;
const DIFFERENT_RUNS = 2;
/** What a broken card looks like. */
const SUSPICIOUS = new Set<OutcomeRecord['status']>(['crashed', 'out-of-gpu-memory', 'stalled']);
/** Ends that only a card that works brings about. */
const SOUND = new Set<OutcomeRecord['status']>(['succeeded', 'stopped-early', 'diverged', 'timed-out']);

export interface GpuHealth<Run> {
  /** Takes note of how an attempt ended. Returns the GPUs that are set aside for it. */
  note(gpus: readonly string[], run: Run, status: OutcomeRecord['status']): SetAsideGpu<Run>[];
  isSetAside(gpu: string): boolean;
}

interface SetAsideGpu<Run> {
  gpu: string;
  /** For a person. */
  reason: string;
  /** Those whose failures it is blamed for, each once. */
  runs: Run[];
}

export function createGpuHealth<Run>(): GpuHealth<Run> {
  const streaks = new Map<string, { run: Run; status: OutcomeRecord['status'] }[]>();
  const setAside = new Set<string>();
  return {
    note(gpus, run, status) {
      if (SOUND.has(status)) for (const gpu of gpus) streaks.delete(gpu);
      if (!SUSPICIOUS.has(status)) return [];
      return gpus.flatMap((gpu) => {
        const streak = [...(streaks.get(gpu) ?? []), { run, status }];
        streaks.set(gpu, streak);
        const runs = [...new Set(streak.map((failure) => failure.run))];
        if (setAside.has(gpu) || streak.length < FAILURES_IN_A_ROW || runs.length < DIFFERENT_RUNS) return [];
        setAside.add(gpu);
        const kinds = [...new Set(streak.map((failure) => failure.status))].join(', ');
        return [{ gpu, reason: `${streak.length} attempts in a row at ${runs.length} runs failed on it (${kinds})`, runs }];
      });
    },
    isSetAside: (gpu) => setAside.has(gpu),
  };
}
