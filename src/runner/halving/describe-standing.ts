// Room: runner/halving (pure). Where a run stood in a comparison, for a person.

import type { Standing } from './halving.ts';

export interface DescribedStanding extends Standing {
  metric: string;
  factor: number;
  value: number;
  epoch: number;
  goesOn: boolean;
}

/** "slicedWasserstein 0.31 was 5th of 6 after epoch 2; the best 2 go on" */
export function describeStanding({ metric, factor, value, epoch, rank, of, quota, goesOn }: DescribedStanding): string {
  if (Number.isNaN(value)) return `no ${metric} was recorded after epoch ${epoch}, so that it cannot be compared`;
  const place = `${metric} ${Number(value.toPrecision(3))} was ${ordinal(rank)} of ${of} after epoch ${epoch}`;
  if (goesOn) return `${place}; it goes on${quota === 0 ? ' as the best of those there are' : ''}`;
  if (quota === 0) return `${place}; the best goes on once ${factor} have come so far`;
  return `${place}; the best ${quota === 1 ? 'one goes' : `${quota} go`} on`;
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
