// What Facet promises about a results folder at any moment at which nobody works on it, held against what the trainers
// have acknowledged and against the same sweep left undisturbed.
//
// A record is acknowledged once it has been fsynced. When a run continues from an earlier checkpoint, the records past it
// are cut off and computed again, to the same bytes. So at any moment: metrics.jsonl is a beginning of the undisturbed
// one, at least up to the last record acknowledged since the run last continued; and that never happened from before
// the newest acknowledged checkpoint.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listCheckpoints } from '../../src/model/training/checkpoints/checkpoint.ts';
import { readSafetensors } from '../../src/model/training/checkpoints/safetensors.ts';
import { readMetrics } from '../../src/results/lines/metrics.ts';
import { metricsFile } from '../../src/results/paths.ts';
import { type ExperimentResults, type Run, readExperiment } from '../../src/results/read.ts';
import type { Battlefield } from './battlefield.ts';

export interface Acknowledgement {
  resume?: number;
  record?: number;
  checkpoint?: number;
  sha256?: string;
}

/** An undisturbed run, by the hash at the end of its id. */
export type Reference = ReadonlyMap<string, { metrics: Buffer; weights: Buffer }>;

export const hashOf = (id: string): string => id.slice(id.lastIndexOf('-') + 1);

/** The broken promises, a line each; and how many acknowledged records and checkpoints were looked at. */
export function checkPromises(field: Battlefield, reference: Reference): { broken: string[]; checked: number } {
  const read = readExperiment(field.results, 'sweep');
  const broken = [...checkExperiment(read), ...checkJson(field.results)];
  let checked = 0;
  for (const run of read.runs) {
    const acknowledged = readAcknowledgements(field, run.id);
    checked += acknowledged.filter(({ resume }) => resume === undefined).length;
    broken.push(...checkRun(run, acknowledged, reference.get(hashOf(run.id))!).map((fault) => `${run.id}: ${fault}`));
  }
  return { broken, checked };
}

export function readAcknowledgements({ acknowledgements }: Battlefield, id: string): Acknowledgement[] {
  const path = join(acknowledgements, `${id}.jsonl`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Acknowledgement];
    } catch {
      return []; // torn: never said
    }
  });
}

/** The identity and content of every file of a run, to see that nobody touches a finished one. */
export function fingerprint(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { ino, mtimeNs, size, ctimeNs } = statSync(path, { bigint: true });
      if (statSync(path).isDirectory()) return `${name} ${ino}`;
      return `${name} ${ino} ${mtimeNs} ${ctimeNs} ${size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
    })
    .join('\n');
}

export function newestCheckpoint(folder: string): Buffer {
  return readFileSync(listCheckpoints(folder)[0]!.path);
}

function checkExperiment({ runner, problems, runs }: ExperimentResults): string[] {
  const running = runs.filter((run) => run.state === 'running').map((run) => `${run.id} says that it is running, and nobody is`);
  return [...(runner ? [`process ${runner.pid} is said to hold the experiment`] : []), ...problems, ...running];
}

/** Every record that is not a temporary file can be read. */
function checkJson(results: string): string[] {
  if (!existsSync(results)) return [];
  return readdirSync(results, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        JSON.parse(readFileSync(join(results, name), 'utf8'));
        return [];
      } catch (error) {
        return [`${name}: ${(error as Error).message}`];
      }
    });
}

function checkRun(run: Run, acknowledged: readonly Acknowledgement[], undisturbed: { metrics: Buffer; weights: Buffer }): string[] {
  const broken = [...run.problems];
  const path = metricsFile(run.folder);
  const metrics = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (!undisturbed.metrics.subarray(0, metrics.length).equals(metrics)) broken.push('its metrics are not those of the undisturbed run');
  const { records, problems } = readMetrics(path);
  broken.push(...problems);
  let safeRecord = 0;
  let safeCheckpoint = 0;
  const hashes = new Map<number, string>();
  for (const { resume, record, checkpoint, sha256 } of acknowledged) {
    if (resume !== undefined) {
      if (resume < safeCheckpoint) broken.push(`went on from step ${resume} although step ${safeCheckpoint} was saved`);
      safeRecord = Math.min(safeRecord, resume);
    }
    safeRecord = Math.max(safeRecord, record ?? 0);
    safeCheckpoint = Math.max(safeCheckpoint, checkpoint ?? 0);
    if (checkpoint !== undefined) hashes.set(checkpoint, sha256!);
  }
  const last = records.at(-1)?.step ?? 0;
  if (last < safeRecord) broken.push(`its metrics end at step ${last}; step ${safeRecord} was acknowledged`);
  const checkpoints = listCheckpoints(run.folder);
  if ((checkpoints[0]?.step ?? 0) < safeCheckpoint) broken.push(`the acknowledged checkpoint of step ${safeCheckpoint} is gone`);
  if ((checkpoints[0]?.step ?? 0) > last) broken.push(`its checkpoint is of step ${checkpoints[0]!.step}, its metrics end at ${last}`);
  for (const { path: file, step } of checkpoints) {
    try {
      const { tensors } = readSafetensors(file);
      const sha256 = createHash('sha256').update(tensors.get('weights')!.values).update(tensors.get('moments')!.values).digest('hex');
      if (hashes.has(step) && hashes.get(step) !== sha256) broken.push(`${file} does not hold what was acknowledged`);
    } catch (error) {
      broken.push((error as Error).message);
    }
  }
  return broken;
}
