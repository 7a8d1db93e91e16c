// Room: runner. What is written into a run folder before an attempt at the run starts.

import { patchFile } from '../results/paths.ts';
import type { Provenance, RunRecord } from '../results/records.ts';
import { writeFileAtomic } from '../results/write.ts';
import { writeRunRecord } from '../results/write-run.ts';
import type { CodePatch } from './read-code.ts';

export interface Attempt {
  /** What the run is. */
  run: Omit<RunRecord, 'format' | 'provenance' | 'resumptions'>;
  /** run.json so far, where the run goes on. */
  former: RunRecord | null;
  provenance: Provenance;
  /** The content of the patch that the provenance names. */
  patch: CodePatch | null;
}

/** run.json tells how the run was started; a later attempt adds under what it went on. Patches are named by content, so none is written twice. */
export function recordAttempt(folder: string, { run, former, provenance, patch }: Attempt): void {
  const isKept = former !== null && patchesOf(former).includes(patch?.name);
  if (patch && !isKept) writeFileAtomic(patchFile(folder, patch.name), patch.content);
  writeRunRecord(folder, {
    ...{ format: 1, ...run, provenance },
    ...(former && { provenance: former.provenance, resumptions: [...(former.resumptions ?? []), provenance] }),
  });
}

function patchesOf({ provenance, resumptions = [] }: RunRecord): (string | null | undefined)[] {
  return [provenance, ...resumptions].map(({ git }) => git?.patch);
}
