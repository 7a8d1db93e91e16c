// What Facet adds to a job of SLURM: npm run bench:slurm [-- RUNS [ROUNDS]]. A sweep of trivial runs beside a bare `sbatch --array` of the same
// command over the same folders, in turn, on a SLURM that this starts on the loopback. Needs root, slurm-wlm and munge.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { median } from '../src/experiment/units.ts';
import { findLackOfSlurm, startCluster } from '../test/helpers/slurm-cluster.ts';

const [runs, rounds] = [Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 3)];
const BOUND_MS = 300;
const lack = findLackOfSlurm();
if (lack !== null) throw new Error(lack);
const trainer = join(FACET_ROOT, 'test/fixtures/trainers/succeed.mjs');
const cli = join(FACET_ROOT, 'bin/facet.js');
const folder = mkdtempSync(join(tmpdir(), 'facet-bench-slurm-'));
const cluster = await startCluster({ nodes: 2, cpus: 2 });
const env = { ...cluster.env, FACET_TRAINER: trainer, FACET_CACHE: join(folder, 'cache'), FACET_BACKEND: 'wasm', TRAINER_STEP_MS: '1' };
const seeds = Array.from({ length: runs }, (_, index) => index + 1);
writeFileSync(
  join(folder, 'many.yaml'),
  `name: many
dataset: {source: synthetic, images: 8, imageSize: 32}
attributes: [Male]
training: {epochs: 1, batchSize: 4}
sweep: {grid: {training.seed: [${seeds}]}}
execution: {executor: slurm, slurm: {cpus: 1}}
`,
);

/** Milliseconds of a sweep, from the command to its end. */
async function sweep(results: string): Promise<number> {
  const startMs = performance.now();
  await execa(process.execPath, [cli, 'run', 'many.yaml', '--results', results], { cwd: folder, env, stdout: 'ignore' });
  return performance.now() - startMs;
}

/** The same of an array that starts the trainer and nothing else. */
async function bare(results: string, from: string): Promise<number> {
  const ids = readdirSync(join(folder, from, 'many')).filter((name) => name.startsWith('seed'));
  for (const [index, id] of ids.entries()) {
    mkdirSync(join(folder, results, String(index)), { recursive: true });
    copyFileSync(join(folder, from, 'many', id, 'run.json'), join(folder, results, String(index), 'run.json'));
  }
  const script = join(folder, `${results}.sh`);
  writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${trainer} ${join(folder, results)}/$SLURM_ARRAY_TASK_ID\n`);
  const startMs = performance.now();
  const words = ['--parsable', `--array=0-${ids.length - 1}`, '--cpus-per-task=1', '--output=/dev/null', script];
  const array = cluster.ask('sbatch', ...words).trim();
  const isLeft = () => cluster.ask('squeue', '-h', '-j', array, '-t', 'PD,R,CG', '-o', '%T').trim() !== '';
  while (isLeft()) await sleep(250);
  return performance.now() - startMs;
}

const added: number[] = [];
try {
  for (let round = 0; round < rounds; round++) {
    const withFacet = await sweep(`facet${round}`);
    const without = await bare(`bare${round}`, `facet${round}`);
    added.push((withFacet - without) / runs);
    const each = (ms: number) => `${(ms / runs).toFixed(0)} ms a run`;
    console.log(`round ${round + 1}: Facet ${each(withFacet)}, bare array ${each(without)}, added ${added.at(-1)!.toFixed(0)} ms`);
  }
  const load = loadavg()[0]!.toFixed(1);
  console.log(`${runs} runs: ${median(added)!.toFixed(0)} ms added a run, at most ${BOUND_MS} (load of the machine: ${load})`);
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}
