// (pure) How many threads an attempt at a run gets.

import type { Numerics } from '../../results/records.ts';
import type { Slot } from './slots.ts';

/** What is known of how a run began, of its run.json as a rule. */
export interface Begun {
  provenance: Numerics;
}

/**
 * The number of threads that a run gets: those offered to a new run; for a run that was begun before, those that it began with, even
 * if they are more than the machine has cores. Sums are split among threads, so another number changes the last bits of every step.
 */
export function chooseThreads(offered: number, record: Begun | null): number {
  const began = record?.provenance.threads;
  return began !== undefined && Number.isInteger(began) && began > 0 ? began : offered;
}

export interface Offer {
  /** Of the run in the order of the sweep, from 0. */
  place: number;
  /** How many the sweep has, those that are done included. */
  runs: number;
  slots: readonly Slot[];
  /** The slot that the run gets. */
  slot: Slot;
}

/**
 * How many threads a run is offered: those of its slot; in the last round, if that has fewer runs than slots, an equal share of all
 * cores. Slots start their runs together and, as the runs of a sweep take about as long, end them together. The offer depends on
 * the order of the sweep alone, never on what is done already, so that a repeated or continued sweep gives the same bits. Runs on GPUs
 * leave most of the processor idle in any case.
 */
export function offerThreads({ place, runs, slots, slot }: Offer): number {
  if (slot.adapter || (slot.gpus && slot.gpus.length > 0)) return slot.threads;
  const inLastRound = runs % slots.length;
  if (place < runs - inLastRound) return slot.threads;
  const cores = slots.reduce((sum, { threads }) => sum + threads, 0);
  return Math.max(slot.threads, Math.floor(cores / inLastRound));
}
