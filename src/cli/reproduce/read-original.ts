// Reads the run that is to be repeated; refuses one that cannot be repeated.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type RunConfig, runConfigSchema } from '../../experiment/schema/schema.ts';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { locatePath } from '../../machine/resolve-path.ts';
import { identifyDataset } from '../../model/data/sources/index.ts';
import { commandFor, repeatCommand } from '../../results/commands.ts';
import { readLastMetrics } from '../../results/lines/metrics.ts';
import { isJudgedAsFormerly, type Run, readRun } from '../../results/read.ts';
import type { RunRecord } from '../../results/records.ts';
import type { FoundRun } from '../../results/runs/find.ts';
import { wordOf } from '../../results/states.ts';

export interface Original {
  run: Run;
  /** Fields that the configuration did not have then are at their defaults. */
  record: RunRecord;
  /** The epoch in which it ended before its last one; null where it was trained to its end. */
  lastEpoch: number | null;
}

/**
 * `results`: the folder of results that it was found in. Throws a UserError where there is nothing to compare with, where the run is at
 * work, or where its data are not here.
 */
export async function readOriginal({ experiment, id, folder }: FoundRun, results: string): Promise<Original> {
  const run = readRun(folder);
  if (!run.record) throw new UserError(run.problems[0] ?? `${folder}: expected a run with its run.json, found none`);
  if (run.state === 'running')
    throw new UserError(`${id} is being trained. Repeat it once it has ended: ${commandFor(results, 'status', experiment)}`);
  const last = readLastMetrics(folder);
  if (!last) {
    const why = run.outcome ? `: ${run.outcome.message}` : '';
    throw new UserError(`${id} has no step to compare with; it is ${wordOf(run.state)}${why}`);
  }
  const whole = locateData(run.record, readConfig(run.record), folder);
  // An oracle would take minutes for values with which none of the original can be compared.
  const config = isJudgedAsFormerly(folder) ? { ...whole, evaluation: { ...whole.evaluation, oracle: false } } : whole;
  await requireSameData(run.record, config, results);
  return { run, record: { ...run.record, config }, lastEpoch: last.epoch < config.training.epochs ? last.epoch : null };
}

function readConfig({ id, config, provenance }: RunRecord): RunConfig {
  const { success, data, error } = runConfigSchema.safeParse(config);
  if (success) return data;
  const fault = error.issues[0];
  const from = provenance.git ? `, or check out ${provenance.git.commit.slice(0, 12)}` : '';
  throw new UserError(
    `${id}: run.json holds a configuration that this version does not know (${fault?.path.join('.')}: ${fault?.message}). Use Facet ${provenance.facet}${from}.`,
  );
}

/**
 * The configuration with the data where they are today: from the working directory, from that of the original, beside its experiment file,
 * or beside its results. Throws a UserError that names where they were.
 */
function locateData({ id, provenance }: RunRecord, config: RunConfig, folder: string): RunConfig {
  const { root } = config.dataset;
  if (root === undefined || existsSync(root)) return config;
  const { workingDirectory, experimentFile, host } = provenance;
  const began = workingDirectory ?? '.';
  const found = locatePath(root, [began, dirname(resolve(began, experimentFile)), dirname(dirname(dirname(resolve(folder))))]);
  if (found !== root) return { ...config, dataset: { ...config.dataset, root: found } };
  const where =
    workingDirectory === undefined ? `${root}, from a working directory that was not recorded` : resolve(workingDirectory, root);
  throw new UserError(
    `${id}: its pictures were in ${where}${host ? ` on ${host}` : ''}, and no such folder is here. Bring them there, or start this from the folder that ${quote(root)} is relative to`,
  );
}

/** Throws a UserError where the pictures are others under the same names. `content`: of today's files; null: not known. */
export function requireSameContent({ id, data, config, provenance }: RunRecord, content: string | null, results: string): void {
  if (!data?.filesSha256 || content === null || content === data.filesSha256) return;
  throw new UserError(
    `${id}: pictures in ${config.dataset.root} have changed since, under the same names (content ${data.filesSha256.slice(0, 12)}, now ${content.slice(0, 12)}). Bring back the original ones, or train on the new ones under another name: ${commandFor(results, 'run', provenance.experimentFile)} --set name=…`,
  );
}

async function requireSameData({ id, dataIdentity, provenance }: RunRecord, { dataset }: RunConfig, results: string): Promise<void> {
  const today = await identifyDataset(dataset);
  if (today === dataIdentity) return;
  const where = dataset.source === 'synthetic' ? 'are drawn otherwise by this version of Facet' : `in ${dataset.root} have changed since`;
  const back =
    dataset.source === 'synthetic'
      ? `Check out the code of the original${provenance.git ? ` (${provenance.git.commit.slice(0, 12)})` : ''}`
      : 'Bring back the original ones';
  throw new UserError(
    `${id}: its pictures or labels ${where} (${dataIdentity}, now ${today}). ${back}, or train on the new ones: ${provenance.command?.[1] === 'run' ? repeatCommand(provenance) : commandFor(results, 'run', provenance.experimentFile)}`,
  );
}
