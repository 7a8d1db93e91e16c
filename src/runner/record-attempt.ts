// Room: runner. What is written into a run folder before an attempt at the run starts.

import { patchFile } from '../results/paths.ts';
import type { Provenance, RunRecord } from '../results/records.ts';
import { writeFileAtomic } from '../results/write.ts';
import { writeNewFile } from '../results/write-new.ts';
import { writeFirstRunRecord, writeRunRecord } from '../results/write-run.ts';
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

/**
 * run.json tells how the run was started; a later attempt adds under what it went on. Patches are named by content, so
 * none is written twice. Throws a WriteFailure. On return both are there, but a first attempt need not wait for the disk:
 * the promise resolves when they would survive a power cut, and may reject with a WriteFailure.
 */
export function recordAttempt(folder: string, { run, former, provenance, patch }: Attempt): Promise<void> {
  const record: RunRecord = { format: 1, ...run, provenance };
  if (former === null) {
    const lasting = [patch && writeNewFile(patchFile(folder, patch.name), patch.content), writeFirstRunRecord(folder, record)];
    return Promise.all(lasting).then(() => {});
  }
  if (patch && !patchesOf(former).includes(patch.name)) writeFileAtomic(patchFile(folder, patch.name), patch.content);
  writeRunRecord(folder, { ...record, provenance: former.provenance, resumptions: [...(former.resumptions ?? []), provenance] });
  return Promise.resolve();
}

function patchesOf({ provenance, resumptions = [] }: RunRecord): (string | null | undefined)[] {
  return [provenance, ...resumptions].map(({ git }) => git?.patch);
}
