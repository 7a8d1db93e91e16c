// Whether runs can be carried out on the cluster as this checkout is set up: asked of SLURM's commands, and tried with a job of a minute.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheRoot } from '../../../machine/cache-root.ts';
import { readInstallation, setUpCommand } from '../../../machine/installation.ts';
import { makeFolders } from '../../../results/files/make-folders.ts';
import { type AskScheduler, askScheduler } from './ask-scheduler.ts';
import { createSbatchWords, type SlurmConfig } from './sbatch-words.ts';

export interface ClusterProbe {
  /** "slurm-wlm 22.05.8"; null: sbatch is not here, or fails. */
  version: string | null;
  accounting: boolean;
  partitions: { name: string; isDefault: boolean; nodes: number; time: string; gpus: string }[];
  /** What a job found; null: none came to run. */
  job: JobReport | null;
  /** What to mend, a line each. */
  faults: string[];
  /** What might be better, a line each. */
  hints: string[];
}

export interface JobReport {
  node: string;
  /** Path -> whether it can be seen there. */
  seen: Record<string, boolean>;
  nodeVersion: string;
  /** As SLURM set it; '' where there are none. */
  gpus: string;
}

export interface ProbeRequest {
  slurm: SlurmConfig;
  /** Where results are kept. */
  results: string;
  signal: AbortSignal;
  ask?: AskScheduler;
  /** How long a job may wait and run. */
  patienceMs?: number;
}

export async function probeCluster({
  slurm,
  results,
  signal,
  ask = askScheduler,
  patienceMs = 60_000,
}: ProbeRequest): Promise<ClusterProbe> {
  const version = await ask(['sbatch', '--version']);
  if (!version.ok) {
    const fault = version.isMissing
      ? 'sbatch is not here: log in to a machine of the cluster from which jobs are submitted'
      : version.message;
    return { version: null, accounting: false, partitions: [], job: null, faults: [fault], hints: [] };
  }
  const [sinfo, sacct] = await Promise.all([ask(['sinfo', '-h', '-o', '%P|%D|%l|%G']), ask(['sacct', '-n', '-X', '-S', 'now'])]);
  const partitions = sinfo.ok ? parsePartitions(sinfo.stdout) : [];
  const faults = sinfo.ok ? judgePartitions(partitions, slurm) : [`sinfo: ${sinfo.message}`];
  const tried = await tryJob(slurm, { results, signal, ask, patienceMs });
  return {
    version: version.stdout.trim(),
    accounting: sacct.ok,
    partitions,
    job: typeof tried === 'string' ? null : tried,
    faults: [...faults, ...(typeof tried === 'string' ? [tried] : judgeReport(tried, slurm))],
    hints: slurm.gpus === 0 ? hintAtGpus(partitions) : [],
  };
}

/** Lines of `sinfo -o %P|%D|%l|%G`: a partition has one for each kind of its nodes. */
export function parsePartitions(text: string): ClusterProbe['partitions'] {
  const byName = new Map<string, ClusterProbe['partitions'][number]>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [word = '', nodes = '0', time = '', gres = ''] = line.split('|');
    const name = word.replace('*', '');
    const gpus = /gpu/.test(gres) ? gres : '';
    const former = byName.get(name);
    byName.set(name, {
      name,
      isDefault: word.endsWith('*'),
      nodes: (former?.nodes ?? 0) + Number(nodes),
      time,
      gpus: [former?.gpus, gpus].filter(Boolean).join(', '),
    });
  }
  return [...byName.values()];
}

export function judgePartitions(
  partitions: ClusterProbe['partitions'],
  { partition, gpus }: Pick<SlurmConfig, 'partition' | 'gpus'>,
): string[] {
  const names = partitions.map(({ name }) => name).join(', ');
  const used = partitions.find(({ name, isDefault }) => (partition === undefined ? isDefault : name === partition));
  if (partition !== undefined && used === undefined) return [`execution.slurm.partition: expected one of ${names}, got "${partition}"`];
  if (used === undefined) return [`the cluster has no default partition: set execution.slurm.partition to one of ${names}`];
  const withGpus = partitions.filter((each) => each.gpus !== '').map(({ name }) => name);
  if (gpus !== 0 && used.gpus === '') {
    const where = withGpus.length > 0 ? `; ${withGpus.join(', ')} has some` : '';
    return [`execution.slurm.gpus: partition ${used.name} names no GPUs (gres)${where}`];
  }
  return [];
}

function hintAtGpus(partitions: ClusterProbe['partitions']): string[] {
  const names = partitions.filter(({ gpus }) => gpus !== '').map(({ name }) => name);
  return names.length === 0 ? [] : [`the cluster has GPUs (${names.join(', ')}): execution.slurm.gpus: 1 gives each run one`];
}

function judgeReport({ node, seen, gpus }: JobReport, slurm: Pick<SlurmConfig, 'gpus'>): string[] {
  const lost = Object.keys(seen).filter((path) => !seen[path]);
  return [
    ...lost.map((path) => `${path} cannot be seen from node ${node}: keep it on a file system that nodes share`),
    ...(slurm.gpus !== 0 && gpus === '' ? [`node ${node} gave the job no GPU (CUDA_VISIBLE_DEVICES is not set)`] : []),
    ...(slurm.gpus !== 0 && readInstallation().installation?.kind === 'cpu'
      ? [
          `TensorFlow was set up without CUDA: run \`${setUpCommand('--cuda')}\` here, or \`${setUpCommand()}\` in a job on a node with a GPU`,
        ]
      : []),
  ];
}

/** The report of a job, or why there is none. */
async function tryJob(
  slurm: SlurmConfig,
  { results, signal, ask, patienceMs }: Pick<ProbeRequest, 'results' | 'signal'> & { ask: AskScheduler; patienceMs: number },
): Promise<JobReport | string> {
  const folder = resolve(results, `.probe-${randomBytes(4).toString('hex')}`);
  makeFolders(folder);
  const [script, answer] = [join(folder, 'job.sh'), join(folder, 'answer.txt')];
  const paths = [FACET_ROOT, process.execPath, cacheRoot(), readInstallation().installation?.cacheFolder].filter(
    (path) => path !== undefined,
  );
  writeFileSync(script, createProbe(paths, answer));
  const request = { slurm: { ...slurm, time: '1m' }, jobName: 'facet-probe', tasks: 1, atOnce: null, exclude: [] };
  const words = createSbatchWords({ ...request, output: join(folder, 'output.txt'), script });
  try {
    const submitted = await ask(words);
    if (!submitted.ok) return `a job is refused: ${submitted.message}`;
    for (const startMs = performance.now(); performance.now() - startMs < patienceMs && !signal.aborted; await sleep(200)) {
      const report = existsSync(answer) ? parseReport(readFileSync(answer, 'utf8')) : null;
      if (report !== null) return report;
    }
    const number = /^\d+/.exec(submitted.stdout)?.[0] ?? '';
    const state = await ask(['squeue', '-h', '-j', number, '-o', '%T (%r)']);
    await ask(['scancel', number]);
    const where =
      state.ok && state.stdout.trim() !== '' ? `it is ${state.stdout.trim()}` : `it has ended, and ${answer} was not written here`;
    return `a job of a minute gave no answer within ${patienceMs / 1000} s: ${where}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function cacheRoot(): string | undefined {
  try {
    return defaultCacheRoot();
  } catch {
    return undefined;
  }
}

/** Plain shell: Node may be what the node lacks. */
const createProbe = (paths: readonly string[], answer: string): string => `#!/bin/sh
{
  echo "node \${SLURMD_NODENAME:-?}"
  echo "gpus $CUDA_VISIBLE_DEVICES"
  echo "version $(${quote(process.execPath)} --version 2>/dev/null)"
${paths.map((path) => `  if [ -e ${quote(path)} ]; then echo ${quote(`yes ${path}`)}; else echo ${quote(`no ${path}`)}; fi`).join('\n')}
  echo end
} > ${quote(`${answer}.tmp`)} && mv ${quote(`${answer}.tmp`)} ${quote(answer)}
`;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** null where it is not whole. */
export function parseReport(text: string): JobReport | null {
  const lines = text.split('\n');
  if (!lines.includes('end')) return null;
  const lineOf = (name: string) => lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
  const seen = lines.flatMap((line) => {
    const match = /^(yes|no) (\/.*)$/.exec(line);
    return match ? [[match[2]!, match[1] === 'yes'] as const] : [];
  });
  return { node: lineOf('node'), seen: Object.fromEntries(seen), nodeVersion: lineOf('version'), gpus: lineOf('gpus') };
}
