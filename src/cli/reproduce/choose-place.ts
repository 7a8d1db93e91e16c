// Chooses the folder in which a run is repeated: a new one beside the original, or one that an earlier attempt left unfinished.

import type { Provenance } from '../../results/records.ts';
import { isComplete, listReproductions, nextReproduction, type Reproduction } from '../../results/runs/reproductions.ts';

export interface Place {
  reproduction: Reproduction;
  /** Why an unfinished repetition is not gone on with, for a person; null where there is none. */
  note: string | null;
}

/** Goes on with the newest one if it is not finished and was begun under the same code, backend and threads. */
export function choosePlace(experimentFolder: string, runId: string, today: Provenance): Place {
  const newest = listReproductions(experimentFolder, runId).at(-1);
  if (!newest || isComplete(newest)) return { reproduction: nextReproduction(experimentFolder, runId), note: null };
  const began = newest.run.record?.provenance;
  const other = began ? DECISIVE.filter(([, read]) => read(began) !== read(today)).map(([what]) => what) : [];
  if (other.length === 0) return { reproduction: newest, note: null };
  const note = `${newest.folder} was not finished; it was begun under another ${other.join(' and ')}, so this one begins anew.`;
  return { reproduction: nextReproduction(experimentFolder, runId), note };
}

const DECISIVE: [what: string, read: (provenance: Provenance) => unknown][] = [
  ['commit', ({ git }) => git?.commit],
  ['state of the code', ({ git }) => git?.patch ?? null],
  ['package-lock.json', ({ lockHash }) => lockHash],
  ['backend', ({ backend }) => backend?.version],
  ['number of threads', ({ threads }) => threads],
  ['use of oneDNN', ({ oneDnn }) => oneDnn ?? null],
  ['limit of instructions (ONEDNN_MAX_CPU_ISA)', ({ maxCpuIsa }) => maxCpuIsa ?? null],
];
