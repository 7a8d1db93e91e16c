// (pure) How many threads an attempt at a run gets.

import type { RunRecord } from '../../results/records.ts';
import type { Slot } from './slots.ts';

/**
 * Those offered; but a run that was begun before keeps the threads it began with, also more than the machine has cores:
 * sums are split among threads, so that another number of them changes the last bits of every step.
 */
export function chooseThreads(offered: number, record: Pick<RunRecord, 'provenance'> | null): number {
  const began = record?.provenance.threads;
  return began !== undefined && Number.isInteger(began) && began > 0 ? began : offered;
}

export interface Offer {
  /** From 0. */
  place: number;
  runs: number;
  /** All of them. */
  slots: readonly Slot[];
  /** The one that the run gets. */
  slot: Slot;
}

/**
 * What the run at this place in the order is offered, of so many that are still to be trained. The slots start their runs together
 * and, as the runs of a sweep take about as long, end them together: of what is left for the last round, fewer runs than slots, each
 * gets its share of all cores. This depends on the order alone, not on the moment, so that a sweep gives the same when it is repeated.
 * Runs on GPUs leave most of the processor idle in any case.
 */
export function offerThreads({ place, runs, slots, slot }: Offer): number {
  if (slot.adapter || (slot.gpus && slot.gpus.length > 0)) return slot.threads;
  const inLastRound = runs % slots.length;
  if (place < runs - inLastRound) return slot.threads;
  const cores = slots.reduce((sum, { threads }) => sum + threads, 0);
  return Math.max(slot.threads, Math.floor(cores / inLastRound));
}
