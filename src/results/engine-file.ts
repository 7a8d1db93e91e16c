// engine.json of a run: what its trainer really computed with. The trainer writes it; whoever goes on with the run reads it.

import { type BackendKind, kindOf } from '../machine/backend.ts';
import { isEngineRecord } from './check-records.ts';
import { readJson } from './files/read.ts';
import { writeJsonAtomic } from './files/write.ts';
import { engineFile } from './paths.ts';
import type { Engine, EngineRecord, RunRecord } from './records.ts';

/**
 * All entries, the newest last; none where the trainer has written none, as foreign ones and those of former versions, or where it cannot
 * be read.
 */
export function readEngines(folder: string): Engine[] {
  return readJson<EngineRecord>(engineFile(folder), isEngineRecord, 'an engine record').value?.engines ?? [];
}

/** Writes nothing where the last entry says the same of another step. */
export function recordEngine(folder: string, engine: Engine): void {
  const engines = readEngines(folder);
  const last = engines.at(-1);
  if (last && JSON.stringify({ ...last, fromStep: 0 }) === JSON.stringify({ ...engine, fromStep: 0 })) return;
  const record: EngineRecord = { format: 1, engines: [...engines, engine] };
  writeJsonAtomic(engineFile(folder), record);
}

/** Whether a former version began this run, which recorded neither engine nor oneDNN: it keeps what that version did. */
export function isOfFormerVersion({ provenance }: Pick<RunRecord, 'provenance'>): boolean {
  return provenance.oneDnn === undefined;
}

/**
 * The kind of backend that the run was last trained on; null where that is not known. Where the trainer has written no engine.json it is
 * that of the last attempt of a former version: the trainer of a later one would have written the file before its first step.
 */
export function readBackendKind(folder: string, { config, provenance, resumptions = [] }: RunRecord): BackendKind | null {
  if (config.trainer !== undefined) return null;
  const recorded = readEngines(folder).at(-1)?.kind;
  if (recorded) return recorded;
  const last = [provenance, ...resumptions].findLast((attempt) => isOfFormerVersion({ provenance: attempt }));
  return last?.backend ? kindOf(last.backend) : null;
}
