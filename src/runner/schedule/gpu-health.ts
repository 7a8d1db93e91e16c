// (pure) On which GPUs runs keep failing. Where several runs in a row do, the card is the likely cause.

import type { OutcomeRecord } from '../../results/records.ts';
import { RUN_STATES, wordOf } from '../../results/states.ts';

/** A GPU is set aside after so many failed attempts in a row, of at least so many runs. */
const FAILURES_IN_A_ROW = 3;
const DIFFERENT_RUNS = 2;

export interface EndedAttempt<Run> {
  run: Run;
  status: OutcomeRecord['status'];
}

export interface GpuHealth<Run> {
  /** Takes note of how an attempt ended. Returns the GPUs that are set aside for it. */
  note(gpus: readonly string[], attempt: EndedAttempt<Run>): SetAsideGpu<Run>[];
  isSetAside(gpu: string): boolean;
}

interface SetAsideGpu<Run> {
  gpu: string;
  /** For a person. */
  reason: string;
  /** The attempts for whose failure it is blamed, the last one included. */
  failures: EndedAttempt<Run>[];
}

export function createGpuHealth<Run>(): GpuHealth<Run> {
  const streaks = new Map<string, EndedAttempt<Run>[]>();
  const setAside = new Set<string>();
  return {
    note(gpus, attempt) {
      if (RUN_STATES[attempt.status].gpu === 'sound') for (const gpu of gpus) streaks.delete(gpu);
      if (RUN_STATES[attempt.status].gpu !== 'suspect') return [];
      return gpus.flatMap((gpu) => {
        const failures = [...(streaks.get(gpu) ?? []), attempt];
        streaks.set(gpu, failures);
        const runs = new Set(failures.map(({ run }) => run)).size;
        if (setAside.has(gpu) || failures.length < FAILURES_IN_A_ROW || runs < DIFFERENT_RUNS) return [];
        setAside.add(gpu);
        const kinds = [...new Set(failures.map(({ status }) => wordOf(status)))].join(', ');
        return [{ gpu, reason: `${failures.length} attempts in a row at ${runs} runs failed on it (${kinds})`, failures }];
      });
    },
    isSetAside: (gpu) => setAside.has(gpu),
  };
}
