// Keeps what jobs are to run: the bundles are copied beside the results, and what these load from the checkout is noted by its content. An
// edit of the checkout, or another set-up, changes nothing that was submitted.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { findTfjs } from '../../../machine/installation.ts';
import { writing } from '../../../results/errors.ts';
import { makeFolders } from '../../../results/files/make-folders.ts';
import type { JobSnapshot } from '../../../results/jobs/records.ts';
import { jobCodeFolder, jobsFolder } from '../../../results/paths.ts';
import { readRunRecord } from '../../../results/read.ts';
import type { Code } from '../../provenance/code.ts';
import { describeOwnTrainer } from '../../provenance/own-trainer.ts';

export interface SnapshotRequest {
  experimentFolder: string;
  /** Folder of the bundles that this process runs from. */
  bundles: string;
  trainer: string;
  code: Code;
  environment: NodeJS.ProcessEnv;
}

/** Throws a WriteFailure. */
export function takeSnapshot({ experimentFolder, bundles, trainer, code, environment }: SnapshotRequest): JobSnapshot {
  const copy = keepBundles(experimentFolder, bundles);
  const inside = relative(bundles, trainer);
  const isOwn = !inside.startsWith('..') && !isAbsolute(inside);
  return {
    code: copy,
    trainer: isOwn ? join(copy, inside) : resolve(trainer),
    trainerHash: isOwn ? null : hashFile(trainer),
    node: process.execPath,
    nodeVersion: process.version,
    commit: code.git?.commit ?? null,
    dirty: code.git?.dirty ?? false,
    patch: code.git?.patch ?? null,
    installed: Object.fromEntries(listInstalled().map((path) => [path, hashFile(path)])),
    environment: Object.fromEntries(
      Object.entries(environment).filter(([name, value]) => KEPT_VARIABLES.test(name) && value !== undefined) as [string, string][],
    ),
  };
}

/** What decides where and on what a run computes. */
const KEPT_VARIABLES = /^(FACET_|TF_|XLA_|ONEDNN_|NVIDIA_TF32)/;

/** What has changed since the snapshot, in a line for a person; null: nothing. */
export function findChange({ installed, trainer, trainerHash, node }: JobSnapshot): string | null {
  const changed = Object.entries(installed).find(([path, hash]) => hashFile(path) !== hash);
  if (changed) return `${changed[0]} has changed since this job was submitted, so that it would not run what was asked for`;
  if (trainerHash !== null && hashFile(trainer) !== trainerHash) return `${trainer} has changed since this job was submitted`;
  return existsSync(node) ? null : `${node} is not there on this node`;
}

/** The same of the program that the run's own experiment file names as its trainer. */
export function findTrainerChange(folder: string): string | null {
  const { value } = readRunRecord(folder);
  if (!value?.config.trainer) return null;
  const provenance = value.resumptions?.at(-1) ?? value.provenance;
  const { program, sha256 } = describeOwnTrainer(value.config.trainer, provenance);
  return sha256 === (provenance.trainer?.sha256 ?? null) ? null : `the file in "${program}" has changed since this job was submitted`;
}

/** Every package that is installed, and the set-up of native TensorFlow. */
function listInstalled(): string[] {
  const tfjs = findTfjs();
  return [
    join(FACET_ROOT, 'node_modules/.package-lock.json'),
    join(FACET_ROOT, 'tensorflow/node_modules/.package-lock.json'),
    ...(tfjs === null ? [] : [join(tfjs, 'facet-install.json')]),
  ];
}

/** Copies them once for each content. */
function keepBundles(experimentFolder: string, bundles: string): string {
  const files = readdirSync(bundles, { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name)) // before what is in them is listed: packages lie behind a link
    .flatMap((entry) => (entry.isDirectory() ? listFiles(bundles, entry.name) : [entry.name]))
    .filter((path) => /\.m?js$/.test(path))
    .sort();
  const hash = createHash('sha256').update(FACET_ROOT);
  for (const path of files) hash.update(`${path}\0`).update(readFileSync(join(bundles, path)));
  const folder = resolve(jobCodeFolder(experimentFolder, hash.digest('hex').slice(0, 16)));
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}.tmp`;
  writing(folder, () => {
    makeFolders(jobsFolder(experimentFolder));
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    for (const path of files) cpSync(join(bundles, path), join(temporary, path));
    writeFileSync(join(temporary, 'package.json'), `${JSON.stringify({ type: 'module', facetRoot: FACET_ROOT })}\n`);
    symlinkSync(join(FACET_ROOT, 'node_modules'), join(temporary, 'node_modules'));
    try {
      renameSync(temporary, folder);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      if (!existsSync(folder)) throw error; // else: another command has kept the same
    }
  });
  return folder;
}

/** The dashboard's pages, notes of who uses the bundles, and packages. */
const SKIPPED: ReadonlySet<string> = new Set(['dashboard', 'users', 'node_modules']);

const listFiles = (folder: string, name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).map((path) => join(name, path));

function hashFile(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return null;
  }
}
