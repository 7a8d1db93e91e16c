// Counts unusable pictures and refuses a data set that has too many of them.

import { MAX_LEFT_OUT_BY_DEFAULT } from '../../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { DataError, type Fault } from '../sources/source.ts';
import { type FaultSummary, NAMED_FAULTS } from './manifest.ts';

const SHOWN_IN_A_LINE = 3;

export interface FaultTally {
  readonly count: number;
  /** Throws a UserError as soon as the faults are a larger share of the whole data set than it allows; `usable`: good pictures so far. */
  add(faults: readonly Fault[], usable: number): void;
  /** Throws a UserError where no picture was usable. */
  finish(usable: number): void;
}

export function createFaultTally({ source, root, maxLeftOut = MAX_LEFT_OUT_BY_DEFAULT }: DatasetConfig, total: number): FaultTally {
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
      if (count <= total * maxLeftOut) return;
      const seen = usable + count;
      const ofWhich = seen < total ? `the first ${seen} of ${total}` : `${total}`;
      const most = `${Number((maxLeftOut * 100).toPrecision(6))} %`;
      throw new DataError(
        `${where} ${count} of ${ofWhich} pictures are unusable, more than ${most} of all: ${nameSome({ count, first })}; mend them, or allow more with dataset.maxLeftOut`,
      );
    },
    finish(usable) {
      if (usable === 0 && count > 0)
        throw new DataError(
          `${where} expected pictures that can be used, found none among ${count}: ${nameSome({ count, first })}; mend them`,
        );
      if (usable === 0)
        throw new DataError(`${where} expected labelled pictures, found none; check the list, and dataset.partition if it is set`);
    },
  };
}

export function nameSome({ count, first }: FaultSummary): string {
  const named = first.slice(0, SHOWN_IN_A_LINE).map(({ name, reason }) => `${name}: ${reason}`);
  return named.join('; ') + (count > named.length ? '; …' : '');
}
