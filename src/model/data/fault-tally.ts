// Room: model/data. Counts unusable pictures and refuses a data set that has too many of them.

import type { DatasetConfig } from '../../experiment/schema.ts';
import { DataError } from './data-error.ts';
import { type FaultSummary, NAMED_FAULTS } from './manifest.ts';
import type { Fault } from './source.ts';

/** Above this share the fault is in the data set, not in single pictures. */
const TOLERATED_SHARE = 0.01;
const SHOWN_IN_ERROR = 3;

export interface FaultTally {
  readonly count: number;
  /** Throws a DataError as soon as the faults are more than 1 % of the whole data set; `usable`: pictures before these faults. */
  add(faults: readonly Fault[], usable: number): void;
  /** Throws a DataError where no picture was usable. */
  finish(usable: number): void;
  summary(): FaultSummary;
}

export function createFaultTally({ source, root }: DatasetConfig, total: number): FaultTally {
  const where = `${root ?? source}:`;
  const first: Fault[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(faults, usable) {
      first.push(...faults.slice(0, NAMED_FAULTS - first.length));
      count += faults.length;
      if (count <= total * TOLERATED_SHARE) return;
      const seen = usable + count;
      const ofWhich = seen < total ? `the first ${seen} of ${total}` : `${total}`;
      const named = first.slice(0, SHOWN_IN_ERROR).map(({ name, reason }) => `${name}: ${reason}`);
      const rest = count > named.length ? '; …' : '';
      throw new DataError(`${where} ${count} of ${ofWhich} pictures are unusable, more than 1 % of all: ${named.join('; ')}${rest}`);
    },
    finish(usable) {
      if (usable === 0)
        throw new DataError(`${where} expected labelled pictures, found none; check the list, and dataset.partition if it is set`);
    },
    summary: () => ({ count, first }),
  };
}
