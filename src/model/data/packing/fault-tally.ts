// Counts unusable pictures and refuses a data set that has too many of them.

import type { DatasetConfig } from '../../../experiment/schema/schema.ts';
import { plural } from '../../../experiment/units.ts';
import { DataError, type Fault } from '../sources/source.ts';
import { type FaultSummary, NAMED_FAULTS, type PackManifest } from './manifest.ts';

/** Above this share the fault is in the data set, not in single pictures. */
const TOLERATED_SHARE = 0.01;
const SHOWN_IN_A_LINE = 3;

export interface FaultTally {
  readonly count: number;
  /** Throws a UserError as soon as the faults are more than 1 % of the whole data set; `usable`: good pictures so far. */
  add(faults: readonly Fault[], usable: number): void;
  /** Throws a UserError where no picture was usable. */
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
      throw new DataError(`${where} ${count} of ${ofWhich} pictures are unusable, more than 1 % of all: ${nameSome({ count, first })}`);
    },
    finish(usable) {
      if (usable === 0)
        throw new DataError(`${where} expected labelled pictures, found none; check the list, and dataset.partition if it is set`);
    },
    summary: () => ({ count, first }),
  };
}

/** Lines for a person about what is wrong with a packed data set; none where all is well. */
export function describeFaults({ faults, notices, count }: PackManifest): string[] {
  const lines: string[] = [];
  if (faults.count > 0) lines.push(`${faults.count} of ${faults.count + count} pictures are unusable and left out: ${nameSome(faults)}`);
  if (notices.count > 0) lines.push(`${plural(notices.count, 'oddity', 'oddities')} in the lists: ${nameSome(notices)}`);
  return lines;
}

function nameSome({ count, first }: FaultSummary): string {
  const named = first.slice(0, SHOWN_IN_A_LINE).map(({ name, reason }) => `${name}: ${reason}`);
  return named.join('; ') + (count > named.length ? '; …' : '');
}
