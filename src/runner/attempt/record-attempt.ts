// What is written into a run folder before an attempt at the run starts.

import type { RunConfig } from '../../experiment/schema/schema.ts';
import { writeFileAtomic, writeNewFile } from '../../results/files/write.ts';
import { patchFile, runFile } from '../../results/paths.ts';
import type { Provenance, RunRecord } from '../../results/records.ts';
import { writeFirstRunRecord, writeRunRecord } from '../../results/write-run.ts';
import type { CodePatch } from '../provenance/code.ts';
import { describeOwnTrainer } from '../provenance/own-trainer.ts';

export interface Attempt {
  /** What the run is. */
  run: Omit<RunRecord, 'format' | 'provenance' | 'resumptions' | 'continues'>;
  /** run.json so far, where the run goes on. */
  former: RunRecord | null;
  provenance: Provenance;
  /** The content of the patch that the provenance names. */
  patch: CodePatch | null;
}

/**
 * Writes run.json and the patch of the code. The provenance of the first attempt stays; a later attempt adds its own to the
 * resumptions. A patch is named by its content, so that the same one is written once. Returns the files that are written and not
 * synced yet: a first attempt need not wait for the disk. Throws a WriteFailure.
 */
export function recordAttempt(folder: string, { run, former, provenance: common, patch }: Attempt): string[] {
  const { trainer } = run.config;
  const provenance = trainer === undefined ? common : { ...common, backend: null, trainer: describeOwnTrainer(trainer, common) };
  const record: RunRecord = { format: 1, ...run, provenance };
  if (former === null) {
    if (patch) writeNewFile(patchFile(folder, patch.name), patch.content);
    writeFirstRunRecord(folder, record);
    return [...(patch ? [patchFile(folder, patch.name)] : []), runFile(folder)];
  }
  if (patch && !patchesOf(former).includes(patch.name)) writeFileAtomic(patchFile(folder, patch.name), patch.content);
  writeRunRecord(folder, {
    ...record,
    config: goOnAsBegun(run.config, former.config),
    ...(former.continues && { continues: former.continues }),
    provenance: former.provenance,
    resumptions: [...(former.resumptions ?? []), provenance],
  });
  return [];
}

/** A run that has begun without a look at its losses, as all runs of former versions, goes on without. */
function goOnAsBegun(config: RunConfig, { training }: RunConfig): RunConfig {
  return training.stopDiverged ? config : { ...config, training: { ...config.training, stopDiverged: false } };
}

function patchesOf({ provenance, resumptions = [] }: RunRecord): (string | null | undefined)[] {
  return [provenance, ...resumptions].map(({ git }) => git?.patch);
}
