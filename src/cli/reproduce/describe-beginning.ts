// (pure) What is printed before a run is repeated: what differs today, and how much of the original can be compared.

import type { Provenance } from '../../results/records.ts';
import { wordOf } from '../../results/states.ts';
import type { Paint } from '../text/paint.ts';
import type { Place } from './choose-place.ts';
import { describeDifferences } from './provenance-table.ts';
import type { Original } from './read-original.ts';

interface Beginning {
  original: Original;
  place: Place;
  /** Of the repetition. */
  provenance: Provenance;
  /** Of the pictures as they are packed today. */
  pixelsSha256: string | undefined;
  paint: Paint;
  /** Of the terminal. */
  columns: number;
}

/** A line each, the table included. */
export function describeBeginning(folder: string, beginning: Beginning): string[] {
  const { original, place, provenance, pixelsSha256, paint, columns } = beginning;
  const { record, run, lastEpoch } = original;
  const { dataIdentity } = record; // readOriginal refuses a run whose data have changed
  return [
    `${folder} (${wordOf(run.state)}) is trained again in ${place.reproduction.folder}`,
    ...(lastEpoch === null
      ? []
      : [`The original came no further than epoch ${lastEpoch} of ${record.config.training.epochs}: so much is compared.`]),
    describeDifferences(
      { ...record.provenance, dataIdentity, pixelsSha256: record.data?.pixelsSha256 },
      { ...provenance, dataIdentity, pixelsSha256 },
      { paint, columns },
    ),
    ...describeOriginalCode(folder, record.provenance, provenance),
    ...(record.resumptions ?? []).flatMap((resumption) => describeResumption(record.provenance, resumption)),
    ...(place.note === null ? [] : [place.note]),
  ];
}

function describeOriginalCode(folder: string, { git }: Provenance, today: Provenance): string[] {
  if (!git || (git.commit === today.git?.commit && (git.patch ?? null) === (today.git?.patch ?? null))) return [];
  const apply = git.patch ? ` && git apply ${folder}/${git.patch}` : '';
  const lack = git.note ? ` (${git.note})` : git.dirty && !git.patch ? ' (its uncommitted changes were not kept)' : '';
  return [`To run the code of the original${lack}: git checkout ${git.commit.slice(0, 12)}${apply} && npm ci`];
}

/** A line for a resumption under another code, backend or number of threads than the run began with. */
function describeResumption(began: Provenance, { createdAt, git, backend, threads }: Provenance): string[] {
  const other = [
    ...(git?.commit === began.git?.commit && git?.patch === began.git?.patch ? [] : ['code']),
    ...(backend?.version === began.backend?.version ? [] : ['backend']),
    ...(threads === began.threads ? [] : ['number of threads']),
  ];
  return other.length === 0 ? [] : [`The original went on at ${createdAt} under another ${other.join(' and ')}.`];
}
