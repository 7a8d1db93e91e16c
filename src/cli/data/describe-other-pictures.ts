// (pure) What is said before a sweep goes on whose pictures are no longer those that its runs learned from.

import { plural } from '../../experiment/units.ts';
import type { PlannedRun } from '../../runner/plan/plan.ts';

/** A line for the runs that are done, and one for those that go on; none where all learned from the pictures of today. */
export function describeOtherPictures(others: readonly PlannedRun[]): string[] {
  const done = others.filter(({ action }) => action === 'skip');
  const goOn = others.filter(({ action }) => action !== 'skip');
  return [
    ...(done.length === 0
      ? []
      : [
          `${plural(done.length, 'run')} learned from pictures that have changed since, under the same names: ${nameSome(done)}. They stay as they are; --fresh trains all runs anew.`,
        ]),
    ...(goOn.length === 0
      ? []
      : [
          `${plural(goOn.length, 'run')} ${goOn.length === 1 ? 'goes' : 'go'} on with the pictures of the beginning, as they were packed then; they have changed since: ${nameSome(goOn)}.`,
        ]),
  ];
}

function nameSome(runs: readonly PlannedRun[]): string {
  const ids = runs.slice(0, 3).map(({ id }) => id);
  return runs.length > ids.length ? `${ids.join(', ')} and ${runs.length - ids.length} more` : ids.join(', ');
}
