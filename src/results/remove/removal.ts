// Something below the results that may be deleted: what a person has to know before, and who stands in the way.

import type { LeaseRecord } from '../records.ts';

export interface Removal {
  /** The experiment that it belongs to; null for what several share. */
  experiment: string | null;
  /** What is deleted, or the folder in which something is. */
  path: string;
  /** `sweep/seed1-…` */
  name: string;
  /** The word for one, and for several where that is not the same with an s. */
  kind: string;
  kinds?: string;
  /** How many of that kind. */
  count: number;
  /** What it is, in a few words for a person. */
  what: string;
  bytes: number;
  /**
   * The process that works there, or that may begin to at any moment; null where it may be removed. Of one on another machine it can take a
   * minute to tell: `onWait` is called then. Rejects with an UnreadableFile.
   */
  whoHolds(onWait?: (holder: LeaseRecord) => void): Promise<LeaseRecord | null>;
  /**
   * At once out of the way, then deleted: whoever is killed meanwhile leaves it whole or in .trash. Returns who holds it where somebody does.
   * Throws a UserError where .trash leads elsewhere, and the system's errors.
   */
  remove(): LeaseRecord | null;
}
