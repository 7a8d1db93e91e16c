// (pure) How many threads an attempt at a run gets.

import type { RunRecord } from '../../results/records.ts';

/**
 * Those of the slot; but a run that was begun before keeps the threads it began with, also more than the machine has cores:
 * sums are split among threads, so that another number of them changes the last bits of every step.
 */
export function chooseThreads(slotThreads: number, record: Pick<RunRecord, 'provenance'> | null): number {
  const began = record?.provenance.threads;
  return began !== undefined && Number.isInteger(began) && began > 0 ? began : slotThreads;
}
